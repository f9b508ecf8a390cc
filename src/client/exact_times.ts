/**
 * Counts times one by one while they are few, so that every percentile is one
 * of them.
 *
 * @module
 */

import { HdrHistogram } from "./hdr_histogram.ts";

const MOST = 10_000;

/** A histogram that is exact until it has counted 10,000 times. */
export class ExactTimes extends HdrHistogram {
  #times: number[] = [];

  override record(ms: number): void {
    super.record(ms);
    if (this.#times.length < MOST) this.#times.push(ms);
  }

  override percentile(percent: number): number {
    const times = this.#times;
    if (times.length === 0 || times.length < this.count) {
      return super.percentile(percent);
    }
    times.sort((a, b) => a - b);
    return times[this.rankOf(percent) - 1];
  }
}
