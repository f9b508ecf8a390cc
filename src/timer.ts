/**
 * Timers for any time.
 *
 * @module
 */

// What a timer of either runtime holds; more would fire at once.
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls back after some time, once.
 *
 * @param ms milliseconds; more than 24 days, `Infinity` included, are never.
 * @param run what is called.
 * @returns a function that cancels it.
 */
export function startTimer(ms: number, run: () => void): () => void {
  if (ms > LONGEST_MS) return () => {};
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Waits that can all be ended at once. */
export class Pauses {
  #ends = new Set<() => void>();

  /**
   * Waits.
   *
   * @param ms milliseconds.
   */
  async pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = startTimer(ms, resolve);
    this.#ends.add(resolve);
    await promise;
    this.#ends.delete(resolve);
    cancel();
  }

  /** Ends those that are going on. */
  end(): void {
    for (const end of this.#ends) end();
  }
}
