/**
 * How long something takes, counted by size.
 *
 * @module
 */

import type { Meter } from "./net.ts";

/**
 * The upper bounds of the buckets, in milliseconds: 1, 2.5 and 5 of each
 * decade from 10 µs to 10 s.
 */
export const BOUNDS_MS: readonly number[] = [
  ...[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  ...[10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000],
];

/**
 * How long echoes took, from the read to the end of the write.
 *
 * @example How many were slow
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * const { count, overflow } = server.stats.latency;
 * console.log(count, overflow); // 0 0
 * ```
 */
export interface LatencyStats {
  /** How many were measured. */
  readonly count: number;
  /** How long they took together, in milliseconds. */
  readonly sumMs: number;
  /** How many took at most `leMs`, but longer than the bucket before. */
  readonly buckets: readonly {
    /** The longest that counts here, in milliseconds. */
    readonly leMs: number;
    /** How many. */
    readonly count: number;
  }[];
  /** How many took longer than the last bucket. */
  readonly overflow: number;
}

/** Counts how long something takes. */
export class Histogram implements Meter {
  #counts: number[] = new Array(BOUNDS_MS.length + 1).fill(0);
  #sumMs = 0;

  observe(ms: number): void {
    this.#sumMs += ms;
    let at = 0;
    while (at < BOUNDS_MS.length && ms > BOUNDS_MS[at]) at++;
    this.#counts[at]++;
  }

  /** The numbers of now. */
  get stats(): LatencyStats {
    const counts = this.#counts;
    return {
      count: counts.reduce((sum, count) => sum + count),
      sumMs: this.#sumMs,
      buckets: BOUNDS_MS.map((leMs, at) => ({ leMs, count: counts[at] })),
      overflow: counts[BOUNDS_MS.length],
    };
  }
}
