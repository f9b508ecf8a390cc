/**
 * The client of TCP, TLS and Unix sockets.
 *
 * @module
 */

import type { ClientStream, StreamSink } from "../host.ts";
import type { Addr } from "../net.ts";
import { Answer } from "./answer.ts";
import type { ClientOptions, EchoClient, Message } from "./client.ts";
import { closed, type ExchangeError, failureOf, tooMany } from "./failure.ts";
import { inTime } from "./in_time.ts";

class StreamClient implements EchoClient, StreamSink {
  failure?: ExchangeError;
  #timeoutMs: number;
  #stream?: ClientStream;
  #answer?: Answer;
  #unsent = new Uint8Array();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  use(stream: ClientStream): void {
    this.#stream = stream;
    if (this.failure) stream.close();
  }

  async exchange({ bytes }: Message): Promise<void> {
    if (this.failure) throw this.failure;
    const answer = new Answer(bytes, this.#timeoutMs);
    this.#answer = answer;
    this.#unsent = bytes;
    this.onDrain();
    try {
      await answer.whole;
    } catch (error) {
      // What comes after this would be taken for the next answer.
      this.#fail(error as ExchangeError);
      throw error;
    }
  }

  onDrain(): void {
    while (this.#unsent.length > 0) {
      const taken = this.#stream!.write(this.#unsent);
      if (taken === 0) return;
      this.#unsent = this.#unsent.subarray(taken);
    }
  }

  onData(chunk: Uint8Array): void {
    const answer = this.#answer;
    if (!answer || answer.isWhole) {
      const expected = answer?.length ?? 0;
      return this.#fail(tooMany(expected + chunk.length, expected));
    }
    answer.take(chunk);
    if (answer.isWhole) answer.succeed();
  }

  onEnd(error?: unknown): void {
    const { received, length, isWhole } = this.#answer ?? {};
    const isWaiting = this.#answer !== undefined && !isWhole;
    this.#fail(
      error !== undefined
        ? failureOf(error)
        : isWaiting
        ? closed(received, length)
        : closed(),
    );
  }

  #fail(failure: ExchangeError): void {
    this.failure ??= failure;
    this.#answer?.fail(failure);
    this.close();
  }

  close(): void {
    this.failure ??= closed();
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
