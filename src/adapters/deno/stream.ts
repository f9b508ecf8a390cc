/**
 * TCP on Deno: `Deno.listen` behind the contract of `net.ts`.
 *
 * @module
 */

import type { Addr, Conn, Listener } from "../../net.ts";

class DenoConn implements Conn {
  readonly remoteAddr: Addr;
  closed = false;
  #conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.remoteAddr = tcp(conn.remoteAddr);
    try {
      conn.setNoDelay(true);
      conn.setKeepAlive(true);
    } catch {
      // The peer has left already, which the first read will say.
    }
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  write(data: Uint8Array): Promise<number> {
    return this.#conn.write(data);
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#conn.close();
  }

  // Deno offers no RST here. Its close drops what the kernel has not sent only
  // when input is unread, which is so for a peer that sends and never reads.
  abort(): void {
    this.close();
  }
}

class DenoListener implements Listener {
  readonly addr: Addr;
  #listener: Deno.TcpListener;
  #closed = false;

  constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
    this.addr = tcp(listener.addr);
  }

  async accept(): Promise<Conn | null> {
    try {
      return new DenoConn(await this.#listener.accept());
    } catch (error) {
      if (this.#closed) return null;
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }
}

function tcp({ hostname, port }: Deno.NetAddr): Addr {
  return { transport: "tcp", hostname, port };
}

/**
 * Listens on a TCP address with the fastest means that Deno has.
 *
 * @param addr where to listen; port 0 takes any free port.
 * @returns the listener, which knows its real port.
 * @throws the error of `Deno.listen`, such as `Deno.errors.AddrInUse`.
 */
export function listen({ hostname, port }: Addr): Listener {
  return new DenoListener(Deno.listen({ hostname, port }));
}
