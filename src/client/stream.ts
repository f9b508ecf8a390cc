/**
 * The client of TCP, TLS and Unix sockets.
 *
 * @module
 */

import type { ClientStream, StreamSink } from "../host.ts";
import type { Addr } from "../net.ts";
import type { ClientOptions, EchoClient } from "./client.ts";
import { ConnectedClient } from "./connection.ts";
import { closed, failureOf, tooMany } from "./failure.ts";
import { inTime } from "./in_time.ts";

class StreamClient extends ConnectedClient implements StreamSink {
  #stream?: ClientStream;
  #unsent = new Uint8Array();
  #length = 0;

  use(stream: ClientStream): void {
    this.#stream = stream;
    if (this.failure) stream.close();
  }

  protected send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#length = bytes.length;
    this.#unsent = bytes;
    this.onDrain();
  }

  onDrain(): void {
    while (this.#unsent.length > 0) {
      const taken = this.#stream!.write(this.#unsent);
      if (taken === 0) return;
      this.#unsent = this.#unsent.subarray(taken);
    }
  }

  onData(chunk: Uint8Array): void {
    const answer = this.waiting;
    if (!answer) {
      return this.fail(tooMany(this.#length + chunk.length, this.#length));
    }
    answer.take(chunk);
    if (answer.isWhole) answer.succeed();
  }

  onEnd(error?: unknown): void {
    const { received, length } = this.waiting ?? {};
    this.fail(
      error === undefined ? closed(received, length) : failureOf(error),
    );
  }

  protected hangUp(): void {
    this.#stream?.close();
  }
}

/**
 * Connects to a server of streams.
 *
 * @param addr where it is.
 * @param options how.
 * @returns the client.
 * @throws {ExchangeError} if it cannot be reached.
 */
export async function openStreamClient(
  addr: Addr,
  { runtime, ca, timeoutMs }: ClientOptions,
): Promise<EchoClient> {
  const client = new StreamClient(timeoutMs);
  const opening = runtime.openStream(addr, client, { ca });
  client.use(await inTime(opening, timeoutMs, (late) => late.close()));
  return client;
}
