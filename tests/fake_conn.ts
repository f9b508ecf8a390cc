/**
 * A connection without a socket, for tests of what the server does with one.
 *
 * @module
 */

import type { Addr, Conn } from "../src/net.ts";

/** What can be called on a connection. */
export type Call = "echo" | "drain" | "close" | "abort";

/** A connection whose counters can be set and whose calls are noted. */
export class FakeConn implements Conn {
  readonly localAddr: Addr = tcp("127.0.0.1", 7);
  readonly remoteAddr: Addr = tcp("192.0.2.1", 50_000);
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  /** What was called, in order. */
  readonly calls: Call[] = [];
  /** What `echo` was told. */
  maxBytes?: number;
  /** Settles the promise of `echo`. */
  readonly echoing: PromiseWithResolvers<void> = Promise.withResolvers();
  #first = new Map<Call, PromiseWithResolvers<void>>();

  echo(maxBytes: number): Promise<void> {
    this.maxBytes = maxBytes;
    this.#note("echo");
    return this.echoing.promise;
  }

  drain(): void {
    this.#note("drain");
  }

  close(): void {
    this.#note("close");
  }

  abort(): void {
    this.#note("abort");
  }

  /** Waits for the first such call; rejects if none comes. */
  called(call: Call): Promise<void> {
    return inTime(this.#waiter(call).promise, `${call}()`);
  }

  #note(call: Call): void {
    this.calls.push(call);
    this.#waiter(call).resolve();
  }

  #waiter(call: Call): PromiseWithResolvers<void> {
    const known = this.#first.get(call) ?? Promise.withResolvers<void>();
    this.#first.set(call, known);
    return known;
  }
}

/** A connection that has moved another byte whenever it is looked at. */
export class BusyConn extends FakeConn {
  /** How often its counters were read. */
  looks = 0;
  #busyLooks: number;

  /** @param busyLooks after how many looks it falls silent. */
  constructor(busyLooks = Infinity) {
    super();
    this.#busyLooks = busyLooks;
    const bytes = { get: () => Math.min(this.looks, this.#busyLooks) };
    const looked = { get: () => (this.looks++, 0) };
    Object.defineProperties(this, {
      bytesIn: bytes,
      bytesOut: bytes,
      bytesDiscarded: looked,
    });
  }
}

/** Passes on a promise, and rejects if it is not settled in 10 seconds. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    const error = new Error(`Waited for ${what} in vain`);
    timer = setTimeout(() => reject(error), 10_000);
  });
  try {
    return await Promise.race([promise, patience]);
  } finally {
    clearTimeout(timer);
  }
}

function tcp(hostname: string, port: number): Addr {
  return { transport: "tcp", hostname, port };
}
