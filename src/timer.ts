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

/**
 * Waits.
 *
 * @param ms milliseconds.
 */
export function pause(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  startTimer(ms, resolve);
  return promise;
}
