/**
 * How long to wait before a lost connection is opened anew.
 *
 * @module
 */

const FIRST_MS = 50;
const LONGEST_MS = 1000;

/** Waits that grow until something succeeds. */
export class Retry {
  #nextMs = FIRST_MS;

  /** The time to wait now, in milliseconds. */
  next(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, LONGEST_MS);
    return ms;
  }

  /** It has succeeded. */
  reset(): void {
    this.#nextMs = FIRST_MS;
  }
}
