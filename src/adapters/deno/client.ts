/**
 * What this program opens as a client, on Deno.
 *
 * @module
 */

import type { ClientStream, StreamSink, Trust } from "../../host.ts";
import type { Addr } from "../../net.ts";
import { ReadBuffer } from "../../read_buffer.ts";
import { socketPath } from "../socket_path.ts";

const SMALLEST_BUFFER = 4 * 1024;
const LARGEST_BUFFER = 256 * 1024;

class DenoStream implements ClientStream {
  #conn: Deno.Conn;
  #sink: StreamSink;
  #isWriting = false;
  #isAwaited = false;
  #closed = false;

  constructor(conn: Deno.Conn, sink: StreamSink) {
    this.#conn = conn;
    this.#sink = sink;
    this.#read();
  }

  async #read(): Promise<void> {
    const buffer = new ReadBuffer(SMALLEST_BUFFER, LARGEST_BUFFER);
    try {
      for (;;) {
        const read = await this.#conn.read(buffer.bytes);
        if (this.#closed) return;
        if (read === null) return this.#end();
        this.#sink.onData(buffer.front(read));
        buffer.fit(read);
      }
    } catch (error) {
      this.#end(error);
    }
  }

  write(data: Uint8Array): number {
    if (this.#closed) return 0;
    if (this.#isWriting) {
      this.#isAwaited = true;
      return 0;
    }
    this.#isWriting = true;
    this.#write(data);
    return data.length;
  }

  async #write(data: Uint8Array): Promise<void> {
    try {
      for (let sent = 0; sent < data.length;) {
        sent += await this.#conn.write(sent > 0 ? data.subarray(sent) : data);
      }
    } catch (error) {
      // Why it failed is what reading tells, if the server has said anything.
      if (!this.#closed) queueMicrotask(() => this.#end(error));
      return;
    }
    this.#isWriting = false;
    if (!this.#isAwaited || this.#closed) return;
    this.#isAwaited = false;
    this.#sink.onDrain();
  }

  #end(error?: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#sink.onEnd(error);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}

/**
 * Connects to a server of streams.
 *
 * @param addr where it is.
 * @param sink what takes its bytes.
 * @param trust whose certificates are taken.
 * @returns the stream.
 * @throws the error of `Deno.connect`, or of `node:tls`.
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
  if (addr.transport === "unix") {
    const path = socketPath(addr);
    return new DenoStream(
      await Deno.connect({ transport: "unix", path }),
      sink,
    );
  }
  const { hostname, port } = addr;
  const conn = await Deno.connect({ hostname, port });
  conn.setNoDelay(true);
  return new DenoStream(conn, sink);
}

/** Opens a WebSocket. */
export function openWebSocket(url: string, { ca }: Trust): WebSocket {
  if (ca === undefined) return new WebSocket(url);
  const client = Deno.createHttpClient({ caCerts: [ca] });
  const socket = new WebSocket(url, { client });
  socket.addEventListener("close", () => client.close());
  return socket;
}
