/**
 * What this program opens as a client, on Bun.
 *
 * @module
 */

import type { ClientStream, StreamSink, Trust } from "../../host.ts";
import type { Addr } from "../../net.ts";
import { ResetError } from "../reset_error.ts";
import { socketPath } from "../socket_path.ts";
import { bun, type BunSocket } from "./api.ts";
import { EVENTS, type SocketSink } from "./stream.ts";

class BunStream implements ClientStream, SocketSink {
  #socket: BunSocket<SocketSink>;
  #sink: StreamSink;
  #closed = false;

  constructor(socket: BunSocket<SocketSink>, sink: StreamSink) {
    this.#socket = socket;
    this.#sink = sink;
  }

  onData(chunk: Uint8Array): void {
    if (!this.#closed) this.#sink.onData(chunk);
  }

  onDrain(): void {
    if (!this.#closed) this.#sink.onDrain();
  }

  onEnd(): void {
    this.#end();
  }

  onClose(error?: Error): void {
    this.#end(error);
  }

  write(data: Uint8Array): number {
    if (this.#closed) return 0;
    const written = this.#socket.write(data);
    if (written >= 0) return written;
    // Bun says no more than that the server is gone.
    queueMicrotask(() => this.#end(new ResetError()));
    return 0;
  }

  #end(error?: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#sink.onEnd(error);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.end();
  }
}

/**
 * Connects to a server of streams.
 *
 * @param addr where it is.
 * @param sink what takes its bytes.
 * @param trust whose certificates are taken.
 * @returns the stream.
 * @throws Bun's error, whose `code` is such as `ECONNREFUSED`, or that of
 * `node:tls`.
 */
export async function openStream(
  addr: Addr,
  sink: StreamSink,
  trust: Trust,
): Promise<ClientStream> {
  if (addr.transport === "tls") {
    const { openTls } = await import("../node/client.ts");
    return await openTls(addr, sink, trust);
  }
  const where = addr.transport === "unix"
    ? { unix: socketPath(addr) }
    : { hostname: addr.hostname, port: addr.port };
  const socket = await bun.connect<SocketSink>({
    ...where,
    allowHalfOpen: false,
    socket: {
      ...EVENTS,
      // What the server says first may come before the promise is settled.
      open: (socket) => {
        socket.data = new BunStream(socket, sink);
        if (addr.transport !== "unix") socket.setNoDelay(true);
      },
    },
  });
  return socket.data as BunStream;
}

/** Opens a WebSocket. */
export function openWebSocket(url: string, { ca }: Trust): WebSocket {
  return new BunWebSocket(url, ca === undefined ? {} : { tls: { ca } });
}

/** Bun's own class, which takes what others do not. */
const BunWebSocket = WebSocket as unknown as new (
  url: string,
  options: { tls?: { ca: string } },
) => WebSocket;
