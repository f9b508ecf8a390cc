/**
 * Servers of streams that a test plays, on a clock of its own.
 *
 * @module
 */

import type { ClientStream, Runtime, StreamSink } from "../../src/host.ts";
import { fakeRuntime } from "../fake_runtime.ts";

/** A stream of a client, as its server sees it. */
export class FakeStream implements ClientStream {
  /** All that the client has written. */
  readonly written: number[] = [];
  /** How many bytes the next writes take. */
  room = Infinity;
  /** Whether the client has closed it. */
  isClosed = false;
  /** What takes what the server says. */
  readonly sink: StreamSink;
  #onWrite: (stream: FakeStream, data: Uint8Array) => void;

  /** Opens one for a client. */
  constructor(
    sink: StreamSink,
    onWrite: (stream: FakeStream, data: Uint8Array) => void,
  ) {
    this.sink = sink;
    this.#onWrite = onWrite;
  }

  write(data: Uint8Array): number {
    const taken = data.subarray(0, Math.min(data.length, this.room));
    this.room -= taken.length;
    this.written.push(...taken);
    if (taken.length > 0) this.#onWrite(this, taken.slice());
    return taken.length;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Says something. */
  say(...bytes: readonly number[]): void {
    if (!this.isClosed) this.sink.onData(Uint8Array.from(bytes));
  }

  /** Says what has been written from one place to another. */
  echo(from = 0, to = this.written.length): void {
    this.say(...this.written.slice(from, to));
  }
}

/** How a server behaves. */
export interface FakeServerOptions {
  /** Called for everything that a client writes. */
  readonly onWrite?: (stream: FakeStream, data: Uint8Array) => void;
  /** Called before a stream is opened, with the number of tries; may throw. */
  readonly onOpen?: (tries: number) => void;
}

/** A server, and the runtime that leads to it. */
export class FakeServer {
  /** The streams that were opened, in order. */
  readonly streams: FakeStream[] = [];
  /** The runtime. */
  readonly runtime: Runtime;

  /** Makes a server. */
  constructor({ onWrite = () => {}, onOpen }: FakeServerOptions = {}) {
    let tries = 0;
    this.runtime = fakeRuntime({
      openStream: (_addr, sink) => {
        try {
          onOpen?.(++tries);
        } catch (error) {
          return Promise.reject(error);
        }
        const stream = new FakeStream(sink, onWrite);
        this.streams.push(stream);
        return Promise.resolve(stream);
      },
    });
  }

  /** The latest stream. */
  get last(): FakeStream {
    return this.streams.at(-1)!;
  }
}

/** Time that passes only when it is told to, and what is to happen in it. */
export class FakeTime {
  /** The time, in milliseconds. */
  nowMs = 0;
  #events: { readonly atMs: number; readonly run: () => void }[] = [];

  /** Has something happen later. */
  after(ms: number, run: () => void): void {
    const atMs = this.nowMs + ms;
    const place = this.#events.findIndex((event) => event.atMs > atMs);
    this.#events.splice(place < 0 ? this.#events.length : place, 0, {
      atMs,
      run,
    });
  }

  /** Lets time pass. */
  passTo(endMs: number): void {
    while (this.#events.length > 0 && this.#events[0].atMs <= endMs) {
      const { atMs, run } = this.#events.shift()!;
      this.nowMs = atMs;
      run();
    }
    this.nowMs = endMs;
  }
}
