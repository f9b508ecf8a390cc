/**
 * TCP on Bun: `Bun.listen` and its callbacks behind the contract of `net.ts`.
 *
 * @module
 */

import type { Addr, Conn, Listener } from "../../net.ts";
import { bun, type BunListener, type BunSocket } from "./api.ts";

class ResetError extends Error {
  readonly code = "ECONNRESET";
  constructor() {
    super("the peer has dropped the connection");
  }
}

class BunConn implements Conn {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  #socket: BunSocket<BunConn>;
  // Received and not yet taken by the kernel: what one write left over, and
  // what was on its way when the socket was paused.
  #pending: Uint8Array[] = [];
  #maxBytes = 0;
  #echoing = false;
  #ended = false;
  #draining = false;
  #finSent = false;
  #closed = false;
  #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(socket: BunSocket<BunConn>) {
    this.#socket = socket;
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    this.localAddr = tcp(localAddress, localPort);
    this.remoteAddr = tcp(remoteAddress, remotePort);
    // Awaited by `echo` alone: a connection that is refused never calls it.
    this.#finished.promise.catch(() => {});
  }

  echo(maxBytes: number): Promise<void> {
    this.#echoing = true;
    this.#maxBytes = maxBytes;
    if (!this.#closed) {
      this.#socket.setNoDelay(true);
      this.#socket.setKeepAlive(true);
      const early = this.#pending;
      this.#pending = [];
      for (const chunk of early) this.onData(chunk);
      this.#advance();
    }
    return this.#finished.promise;
  }

  onData(chunk: Uint8Array): void {
    if (this.#finSent) {
      this.bytesDiscarded += chunk.length;
      return;
    }
    if (!this.#echoing) {
      this.#pending.push(chunk);
      return;
    }
    this.bytesIn += chunk.length;
    if (this.bytesIn > this.#maxBytes) chunk = this.#cut(chunk);
    if (this.#pending.length > 0) {
      this.#pending.push(chunk);
      return;
    }
    const written = this.#write(chunk);
    if (written < chunk.length) {
      this.#pending.push(chunk.subarray(written));
      this.#socket.pause();
    } else if (this.bytesIn >= this.#maxBytes) {
      this.#sendFin();
    }
  }

  #cut(chunk: Uint8Array): Uint8Array {
    const excess = this.bytesIn - this.#maxBytes;
    this.bytesIn -= excess;
    this.bytesDiscarded += excess;
    return chunk.subarray(0, chunk.length - excess);
  }

  onDrain(): void {
    if (!this.#echoing || this.#pending.length === 0) return;
    while (this.#pending.length > 0) {
      const chunk = this.#pending[0];
      const written = this.#write(chunk);
      if (written < chunk.length) {
        this.#pending[0] = chunk.subarray(written);
        return;
      }
      this.#pending.shift();
    }
    this.#socket.resume();
    this.#advance();
  }

  // Bun says -1 when the peer is gone; a paused socket hears of it no other way.
  #write(chunk: Uint8Array): number {
    const written = this.#socket.write(chunk);
    if (written < 0) {
      this.onClose(new ResetError());
      this.#socket.terminate();
      return 0;
    }
    this.bytesOut += written;
    return written;
  }

  onEnd(): void {
    this.#ended = true;
    this.#advance();
  }

  onClose(error?: Error): void {
    this.#closed = true;
    if (error) this.#finished.reject(error);
    else this.#finished.resolve();
  }

  // Sends FIN once everything is written and no more is wanted.
  #advance(): void {
    if (!this.#echoing || this.#pending.length > 0) return;
    if (this.#ended) {
      this.#finSent = true;
      this.#socket.end();
      // Bun's `close` may wait for the kernel: all is written by now.
      this.#finished.resolve();
    } else if (this.#draining || this.bytesIn >= this.#maxBytes) {
      this.#sendFin();
    }
  }

  #sendFin(): void {
    if (this.#finSent) return;
    this.#finSent = true;
    this.#socket.shutdown();
  }

  drain(): void {
    this.#draining = true;
    this.#advance();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#finished.resolve();
    this.#socket.end();
  }

  abort(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#finished.resolve();
    this.#socket.terminate();
  }
}

class BunListenerAdapter implements Listener {
  readonly addr: Addr;
  #listener: BunListener;
  #accepted: Conn[] = [];
  #waiting?: (conn: Conn | null) => void;
  #closed = false;

  constructor(hostname: string, port: number) {
    this.#listener = bun.listen<BunConn>({
      hostname,
      port,
      allowHalfOpen: true,
      socket: {
        open: (socket) => {
          socket.data = new BunConn(socket);
          this.#offer(socket.data);
        },
        data: (socket, chunk) => socket.data.onData(chunk),
        drain: (socket) => socket.data.onDrain(),
        end: (socket) => socket.data.onEnd(),
        close: (socket, error) => socket.data.onClose(error),
        error: (socket, error) => socket.data.onClose(error),
      },
    });
    this.addr = tcp(this.#listener.hostname, this.#listener.port);
  }

  #offer(conn: Conn): void {
    if (this.#closed) {
      conn.abort();
    } else if (this.#waiting) {
      this.#waiting(conn);
      this.#waiting = undefined;
    } else {
      this.#accepted.push(conn);
    }
  }

  accept(): Promise<Conn | null> {
    const conn = this.#accepted.shift();
    if (conn) return Promise.resolve(conn);
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.stop();
    this.#waiting?.(null);
  }
}

function tcp(hostname: string, port: number): Addr {
  return { transport: "tcp", hostname, port };
}

/**
 * Listens on a TCP address.
 *
 * @param addr where to listen; port 0 takes any free port.
 * @returns the listener, which knows its real port.
 * @throws Bun's error, whose `code` is such as `EADDRINUSE`.
 */
export function listen(addr: Addr): Promise<Listener> {
  return new Promise((resolve) =>
    resolve(new BunListenerAdapter(addr.hostname, addr.port))
  );
}
