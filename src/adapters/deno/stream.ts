/**
 * TCP and Unix sockets on Deno: `Deno.listen` behind the contract of `net.ts`.
 *
 * @module
 */

import type { LocalConn } from "../../host.ts";
import type { Addr, Conn, Listener } from "../../net.ts";
import { ReceiveQueue } from "../receive_queue.ts";
import { socketPath } from "../socket_path.ts";

const LOOPBACK = "127.0.0.1";
// What a connection may ask for before it is the turn of the others, in bytes.
const TURN_SIZE = 256 * 1024;

class DenoConn implements Conn {
  readonly remoteAddr: Addr;
  closed = false;
  #conn: Deno.Conn;
  #unread?: ReceiveQueue;
  #asked = 0;

  constructor(conn: Deno.TcpConn | Deno.UnixConn) {
    this.#conn = conn;
    if (!("setNoDelay" in conn)) {
      this.remoteAddr = { transport: "unix", path: "" };
      return;
    }
    this.remoteAddr = tcp(conn.remoteAddr);
    try {
      conn.setNoDelay(true);
      conn.setKeepAlive(true);
    } catch {
      // The peer has left already, which the first read will say.
    }
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#unread !== undefined) {
      return this.#readAgain(this.#unread, buffer);
    }
    this.#asked += buffer.length;
    return this.#asked < TURN_SIZE
      ? this.#conn.read(buffer)
      : this.#readNextTurn(buffer);
  }

  // Of a client that sends without a pause, Deno completes a hundred reads and
  // writes at once, and hears of nobody else meanwhile.
  async #readNextTurn(buffer: Uint8Array): Promise<number | null> {
    this.#asked = 0;
    // Not imported, so that only who needs it waits for it to load.
    await new Promise<void>((resolve) => globalThis.setImmediate(resolve));
    return await this.#conn.read(buffer);
  }

  #readAgain(
    unread: ReceiveQueue,
    buffer: Uint8Array,
  ): Promise<number | null> {
    const read = unread.read(buffer);
    if (unread.isEmpty) this.#unread = undefined;
    return read;
  }

  unread(data: Uint8Array): void {
    if (data.length === 0) return;
    this.#unread ??= new ReceiveQueue();
    this.#unread.unshift(data);
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

class DenoLocalConn extends DenoConn implements LocalConn {
  readonly localPort: number;

  constructor(conn: Deno.TcpConn) {
    super(conn);
    this.localPort = conn.localAddr.port;
  }
}

class DenoListener implements Listener {
  readonly addr: Addr;
  #listener: Deno.TcpListener | Deno.UnixListener;
  #closed = false;

  constructor(
    listener: Deno.TcpListener | Deno.UnixListener,
    addr: Addr,
  ) {
    this.#listener = listener;
    this.addr = addr;
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
 * Listens on an address with the fastest means that Deno has.
 *
 * @param addr where to listen; port 0 takes any free port.
 * @param shares whether other threads listen there, too.
 * @returns the listener, which knows its real port.
 * @throws the error of `Deno.listen`, such as `Deno.errors.AddrInUse`.
 */
export function listenNatively(addr: Addr, shares = false): Listener {
  if (addr.transport === "unix") {
    const path = socketPath(addr);
    return new DenoListener(Deno.listen({ transport: "unix", path }), addr);
  }
  const { hostname, port } = addr;
  // Undocumented: threads of one program share a socket, on every system.
  const options = { hostname, port, loadBalanced: shares };
  const listener = Deno.listen(options);
  return new DenoListener(listener, tcp(listener.addr));
}

/**
 * Connects to a port of this machine.
 *
 * @param port the port, on 127.0.0.1.
 * @returns the connection.
 * @throws the error of `Deno.connect`.
 */
export async function connect(port: number): Promise<LocalConn> {
  return new DenoLocalConn(await Deno.connect({ hostname: LOOPBACK, port }));
}
