/**
 * Random bytes to send, and to compare with what comes back.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/**
 * How many bytes it takes until they repeat themselves. It is a prime: messages
 * of a size that divides it would all be the same, and a stale one be taken for
 * the right one.
 */
export const PERIOD = 1_048_573;

/** A seed that nobody has chosen. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/**
 * An endless stream of bytes that depends on a seed. It repeats itself after
 * nearly a mebibyte, out of step with messages of any usual size, and lies in
 * memory once, so that sending and comparing copy nothing.
 */
export class Noise {
  #bytes: Buffer<ArrayBuffer>;
  #plain: Uint8Array<ArrayBuffer>;
  #span: number;

  /**
   * @param seed 32 bits.
   * @param span how many bytes have to lie together, wherever they begin.
   */
  constructor(seed: number, span: number) {
    const words = new Uint32Array((PERIOD + span + 3) >> 2);
    fill(words.subarray(0, (PERIOD + 3) >> 2), seed);
    this.#bytes = Buffer.from(words.buffer);
    for (let at = PERIOD; at < this.#bytes.length; at += PERIOD) {
      this.#bytes.copy(this.#bytes, at, 0, PERIOD);
    }
    this.#plain = new Uint8Array(words.buffer);
    this.#span = span;
  }

  /**
   * Some of the bytes.
   *
   * @param at where they begin.
   * @param length how many are wanted.
   * @returns so many, or the span if that is less.
   */
  slice(at: number, length: number): Uint8Array<ArrayBuffer> {
    const from = at % PERIOD;
    return this.#plain.subarray(from, from + Math.min(length, this.#span));
  }

  /**
   * The bytes of a message that has them to itself, as far as its size allows.
   *
   * @param number the message's number.
   * @param size its size; at most the span.
   */
  message(number: number, size: number): Uint8Array<ArrayBuffer> {
    // As the period is a prime, every place is come to before one comes again.
    const stride = size % PERIOD || 1;
    return this.slice((number % PERIOD) * stride, size);
  }

  /**
   * Compares bytes with those of the stream.
   *
   * @param at where they should be.
   * @param bytes the bytes.
   * @returns the place of the first that differs, or -1.
   */
  differs(at: number, bytes: Uint8Array): number {
    const { length } = bytes;
    const from = at % PERIOD;
    // Native, and without an object for each comparison.
    if (
      length <= this.#span &&
      this.#bytes.compare(bytes, 0, length, from, from + length) === 0
    ) return -1;
    for (let i = 0; i < length; i++) {
      if (bytes[i] !== this.#bytes[(from + i) % PERIOD]) return i;
    }
    return -1;
  }

  /** The byte at a place. */
  byteAt(at: number): number {
    return this.#bytes[at % PERIOD];
  }
}

// xoshiro128** (Blackman and Vigna), which is random enough to be no pattern.
function fill(words: Uint32Array, seed: number): void {
  let [a, b, c, d] = [seed | 1, seed ^ 0x9e3779b9, ~seed, 0x85ebca6b];
  const next = () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  // The first ones still show the seed.
  for (let i = 0; i < 32; i++) next();
  for (let i = 0; i < words.length; i++) words[i] = next();
}
