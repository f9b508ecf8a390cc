/**
 * How often each source is answered.
 *
 * @module
 */

const WINDOW_MS = 1000;
// About 10 MiB at the most. Whoever forges more sources a second than this gets
// no answer for the rest of them.
const MOST_SOURCES = 65_536;

/** Counts what each source sends, second by second. */
export class RateLimiter {
  #perSecond: number;
  #mostSources: number;
  #counts = new Map<string, number>();
  #windowAt = -Infinity;

  /**
   * @param perSecond how often a source is answered in a second.
   * @param mostSources how many sources are told apart in a second.
   */
  constructor(perSecond: number, mostSources: number = MOST_SOURCES) {
    this.#perSecond = perSecond;
    this.#mostSources = mostSources;
  }

  /**
   * Counts a datagram.
   *
   * @param source where it comes from.
   * @param now the time, on the clock of `performance.now()`.
   * @returns whether it may be answered.
   */
  take(source: string, now: number): boolean {
    if (now - this.#windowAt >= WINDOW_MS) {
      this.#windowAt = now;
      this.#counts.clear();
    }
    const count = this.#counts.get(source) ?? 0;
    if (count >= this.#perSecond) return false;
    if (count === 0 && this.#counts.size >= this.#mostSources) return false;
    this.#counts.set(source, count + 1);
    return true;
  }
}
