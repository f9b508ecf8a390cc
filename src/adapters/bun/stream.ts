/**
 * TCP and Unix sockets on Bun: `Bun.listen` and its callbacks behind the
 * contract of `net.ts`.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import type { LocalConn } from "../../host.ts";
import type {
  Addr,
  Conn,
  Echo,
  Listener,
  ListenOptions,
  Meter,
  Room,
} from "../../net.ts";
import { AcceptQueue } from "../accept_queue.ts";
import { ClosedError } from "../closed_error.ts";
import { ReceiveQueue } from "../receive_queue.ts";
import { ResetError } from "../reset_error.ts";
import { readRoom } from "../room.ts";
import { socketPath } from "../socket_path.ts";
import {
  bun,
  type BunListener,
  type BunSocket,
  type BunSocketHandler,
} from "./api.ts";
import { CallbackEcho } from "./echo.ts";

/** What a socket's events go to. */
export interface SocketSink {
  /** Bytes have arrived. */
  onData(chunk: Uint8Array): void;
  /** The socket may be written to again. */
  onDrain(): void;
  /** The peer has sent FIN; may come twice. */
  onEnd(): void;
  /** The socket is gone. */
  onClose(error?: Error): void;
}

class BunConn implements Conn, SocketSink {
  readonly remoteAddr: Addr;
  closed = false;
  #socket: BunSocket<SocketSink>;
  // Made when it is needed: the echo has a way of its own, which needs none.
  #queue?: ReceiveQueue;
  #isPaused = false;
  #ended = false;
  #gone = false;
  #failure?: Error;
  #writable?: () => void;

  constructor(socket: BunSocket<SocketSink>, remoteAddr: Addr) {
    this.#socket = socket;
    this.remoteAddr = remoteAddr;
    if (remoteAddr.transport === "unix") return;
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
  }

  get #received(): ReceiveQueue {
    return this.#queue ??= new ReceiveQueue();
  }

  onData(chunk: Uint8Array): void {
    this.#received.push(chunk);
    if (this.#isPaused || !this.#received.isFull) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  onDrain(): void {
    this.#writable?.();
  }

  onEnd(): void {
    this.#ended = true;
    this.#received.end();
  }

  onClose(error?: Error): void {
    this.#gone = true;
    this.#failure ??= error;
    if (error) this.#received.fail(error);
    else this.#received.end();
    this.#writable?.();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.closed) throw new ClosedError();
    if (this.#received.isEmpty) this.#resume();
    return await this.#received.read(buffer);
  }

  #resume(): void {
    if (!this.#isPaused || this.#gone) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  unread(data: Uint8Array): void {
    this.#received.unshift(data);
  }

  async write(data: Uint8Array): Promise<number> {
    for (;;) {
      const written = this.#gone ? -1 : this.#socket.write(data);
      if (written > 0) return written;
      if (written < 0) throw this.#failure ?? new ResetError();
      await new Promise<void>((resolve) => {
        this.#writable = resolve;
      });
    }
  }

  closeWrite(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (!this.#gone) this.#socket.shutdown();
    return Promise.resolve();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#socket.end();
    this.#stop();
  }

  abort(): void {
    if (this.closed) return;
    this.closed = true;
    this.#socket.terminate();
    this.#stop();
  }

  // Bun calls nobody back for a socket that it has closed already.
  #stop(): void {
    this.#queue?.fail(new ClosedError());
    this.#socket.data.onClose();
  }

  echo(maxBytes: number, meter: Meter): Echo {
    const echo = new CallbackEcho(this.#socket, maxBytes, meter);
    this.#socket.data = echo;
    for (const chunk of this.#queue?.takeAll() ?? []) echo.onData(chunk);
    if (this.#gone) echo.onClose(this.#failure);
    else {
      this.#resume();
      if (this.#ended) echo.onEnd();
    }
    return echo;
  }
}

class BunLocalConn extends BunConn implements LocalConn {
  readonly localPort: number;

  constructor(socket: BunSocket<SocketSink>, port: number) {
    super(socket, tcp(LOOPBACK, port));
    this.localPort = socket.localPort;
  }
}

const LOOPBACK = "127.0.0.1";

/** Brings the events of a socket to its sink. */
export const EVENTS: Omit<BunSocketHandler<SocketSink>, "open"> = {
  data: (socket, chunk) => socket.data.onData(chunk),
  drain: (socket) => socket.data.onDrain(),
  end: (socket) => socket.data.onEnd(),
  // A socket that was dropped as it opened has no sink.
  close: (socket, error) => socket.data?.onClose(error),
  error: (socket, error) => socket.data?.onClose(error),
};

// Out of descriptors, Bun's listener spins at full speed until one is free.
const room = readRoom();

class BunStreamListener implements Listener {
  readonly addr: Addr;
  readonly room?: Room = room;
  #listener: BunListener;
  #queue = new AcceptQueue();
  #closed = false;

  constructor(addr: Addr, shares = false) {
    const isUnix = addr.transport === "unix";
    this.#listener = bun.listen<SocketSink>({
      ...(isUnix ? { unix: socketPath(addr) } : addr),
      allowHalfOpen: true,
      ...(shares && { reusePort: true }),
      socket: {
        open: (socket) => {
          const { remoteAddress, remotePort } = socket;
          // The peer left between its SYN and accept, and has no name by now.
          if (!isUnix && remoteAddress === undefined) return socket.terminate();
          const peer = isUnix
            ? { transport: addr.transport, path: "" }
            : tcp(remoteAddress, remotePort);
          const conn = new BunConn(socket, peer);
          socket.data = conn;
          this.#queue.offer(conn);
        },
        ...EVENTS,
      },
    });
    this.addr = isUnix
      ? addr
      : tcp(this.#listener.hostname, this.#listener.port);
  }

  accept(): Promise<Conn | null> {
    return this.#queue.accept();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.stop();
    this.#queue.close();
  }
}

function tcp(hostname = "", port = 0): Addr {
  return { transport: "tcp", hostname, port };
}

/**
 * Listens on an address; here `abort` always sends RST, but for Unix sockets.
 *
 * @param addr where to listen; port 0 takes any free port.
 * @param options what TLS needs.
 * @returns the listener, which knows its real port.
 * @throws Bun's error, whose `code` is such as `EADDRINUSE`.
 */
export async function listen(
  addr: Addr,
  { tls, shares }: ListenOptions,
): Promise<Listener> {
  if (addr.transport === "unix") return new BunStreamListener(addr);
  // Bun would go on calling the address by its name.
  const { address: hostname } = await lookup(addr.hostname);
  const resolved = { ...addr, hostname };
  if (addr.transport !== "tls") return new BunStreamListener(resolved, shares);
  const { listenOnNode } = await import("../node/stream.ts");
  return await listenOnNode(resolved, { tls, room, shares });
}

/**
 * Connects to a port of this machine.
 *
 * @param port the port, on 127.0.0.1.
 * @returns the connection.
 * @throws Bun's error, whose `code` is such as `ECONNREFUSED`.
 */
export async function connect(port: number): Promise<LocalConn> {
  const socket = await bun.connect<SocketSink>({
    hostname: LOOPBACK,
    port,
    allowHalfOpen: true,
    socket: {
      ...EVENTS,
      // The server waits for the first word, so that none comes before this.
      open: (socket) => {
        socket.data = new BunLocalConn(socket, port);
      },
    },
  });
  return socket.data as BunLocalConn;
}
