/**
 * TCP on Deno: `Deno.listen` behind the contract of `net.ts`.
 *
 * @module
 */

import type { Addr, Conn, Listener } from "../../net.ts";

// Small to begin with, since an idle connection keeps its buffer, and fourfold
// whenever a read fills it, since bulk data wants few large system calls.
const SMALLEST_BUFFER = 512;
const LARGEST_BUFFER = 256 * 1024;

class DenoConn implements Conn {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  #conn: Deno.TcpConn;
  #writing = false;
  #draining = false;
  #drainTurn?: ReturnType<typeof setTimeout>;
  #finSent = false;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.localAddr = tcp(conn.localAddr);
    this.remoteAddr = tcp(conn.remoteAddr);
  }

  async echo(maxBytes: number): Promise<void> {
    try {
      this.#conn.setNoDelay(true);
      this.#conn.setKeepAlive(true);
      await this.#copy(maxBytes);
      await this.#sendFin();
    } catch (error) {
      // Closing makes the pending read or write fail; that was asked for.
      if (!this.#closed) throw error;
    }
  }

  async #copy(maxBytes: number): Promise<void> {
    const conn = this.#conn;
    let buffer = new Uint8Array(SMALLEST_BUFFER);
    for (;;) {
      const read = await conn.read(buffer);
      if (read === null) return;
      if (this.#finSent) {
        this.bytesDiscarded += read;
        continue;
      }
      const wanted = Math.min(read, maxBytes - this.bytesIn);
      this.bytesIn += wanted;
      this.bytesDiscarded += read - wanted;
      this.#writing = true;
      for (let sent = 0; sent < wanted;) {
        const written = await conn.write(buffer.subarray(sent, wanted));
        sent += written;
        this.bytesOut += written;
      }
      this.#writing = false;
      if (this.#draining || this.bytesIn >= maxBytes) await this.#sendFin();
      if (read === buffer.length && read < LARGEST_BUFFER) {
        buffer = new Uint8Array(read * 4);
      }
    }
  }

  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    // A read that is already complete gets this turn to be echoed.
    this.#drainTurn = setTimeout(() => {
      // A failure shows in the pending read as well, which reports it.
      if (!this.#writing) this.#sendFin().catch(() => {});
    });
  }

  async #sendFin(): Promise<void> {
    if (this.#finSent || this.#closed) return;
    this.#finSent = true;
    await this.#conn.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#drainTurn);
    this.#conn.close();
  }

  // Deno offers no RST. Its close drops what the kernel has not sent only
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
 * Listens on a TCP address.
 *
 * @param addr where to listen; port 0 takes any free port.
 * @returns the listener, which knows its real port.
 * @throws the error of `Deno.listen`, such as `Deno.errors.AddrInUse`.
 */
export function listen(addr: Addr): Promise<Listener> {
  const { hostname, port } = addr;
  return new Promise((resolve) =>
    resolve(new DenoListener(Deno.listen({ hostname, port })))
  );
}
