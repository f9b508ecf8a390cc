/**
 * An answer on its way, compared with what it has to be.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { startTimer } from "../timer.ts";
import { type ExchangeError, timedOut, tooMany, wrongByte } from "./failure.ts";

/** An answer on its way. */
export class Answer {
  /** Settles once all of it has come back, or something is wrong. */
  readonly whole: Promise<void>;
  /** How many bytes there are so far, all of them right. */
  received = 0;
  #expected: Uint8Array;
  #settled = Promise.withResolvers<void>();
  #cancel: () => void;

  /**
   * @param expected what it has to be.
   * @param timeoutMs how long it may take; 0: for ever.
   */
  constructor(expected: Uint8Array, timeoutMs: number) {
    this.#expected = expected;
    this.#cancel = startTimer(timeoutMs || Infinity, () => {
      this.fail(timedOut(timeoutMs, this.received, expected.length));
    });
    this.whole = this.#settled.promise.finally(() => this.#cancel());
    // A failure counts even if nobody waits for it yet.
    this.whole.catch(() => {});
  }

  /** How many bytes it has to have. */
  get length(): number {
    return this.#expected.length;
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.received === this.#expected.length;
  }

  /** Takes what has come, and fails if it is not what it has to be. */
  take(chunk: Uint8Array): void {
    const part = this.#expected.subarray(this.received);
    const at = firstDifference(part, chunk);
    if (at >= 0) {
      this.fail(wrongByte(this.received + at, part[at], chunk[at]));
    } else if (chunk.length > part.length) {
      this.fail(tooMany(this.received + chunk.length, this.length));
    } else this.received += chunk.length;
  }

  /** It has come back as it was. */
  succeed(): void {
    this.#settled.resolve();
  }

  /** It will not come back. */
  fail(error: ExchangeError): void {
    this.#settled.reject(error);
  }
}

/**
 * Finds the first byte that differs, as far as both reach.
 *
 * @param expected some bytes.
 * @param actual other ones.
 * @returns its place, or -1.
 */
export function firstDifference(
  expected: Uint8Array,
  actual: Uint8Array,
): number {
  const length = Math.min(expected.length, actual.length);
  const [one, other] = [expected, actual].map((bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, length)
  );
  if (one.equals(other)) return -1;
  return one.findIndex((byte, at) => byte !== other[at]);
}
