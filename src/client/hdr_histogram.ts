/**
 * Counts times so that every percentile is known to less than one percent, in
 * an amount of memory that does not grow.
 *
 * @module
 */

// From a microsecond on, each doubling is divided into so many steps.
const STEP_BITS = 7;
const STEPS = 2 ** STEP_BITS;
// Up to 2^32 microseconds, or 71 minutes.
const DOUBLINGS = 32;
const BUCKETS = DOUBLINGS * STEPS;

// Of many times that lie evenly, so many stand for all.
const MOST_STEPS = 500;

/** A histogram as it is sent to another thread. */
export interface HistogramData {
  /** How many times fell into each bucket. */
  readonly counts: Float64Array;
  /** The sum of all times, in milliseconds. */
  readonly sumMs: number;
  /** The sum of their squares. */
  readonly sumOfSquares: number;
  /** The shortest of them. */
  readonly minMs: number;
  /** The longest of them. */
  readonly maxMs: number;
}

/** A histogram in the manner of HdrHistogram. */
export class HdrHistogram {
  #counts = new Float64Array(BUCKETS);
  #count = 0;
  #sumMs = 0;
  #sumOfSquares = 0;
  #minMs = Infinity;
  #maxMs = 0;
  // A double has the doubling and the step in its upper half, one by the other.
  #double = new Float64Array(1);
  #halves = new Uint32Array(this.#double.buffer);

  /** Counts a time, in milliseconds. */
  record(ms: number): void {
    this.#count++;
    this.#sumMs += ms;
    this.#sumOfSquares += ms * ms;
    if (ms < this.#minMs) this.#minMs = ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
    this.#counts[this.#bucketOf(ms)]++;
  }

  /**
   * Counts times that lie evenly between two, however many they are.
   *
   * @param firstMs the first of them.
   * @param lastMs the last of them.
   * @param count how many there are.
   */
  recordEvenly(firstMs: number, lastMs: number, count: number): void {
    const steps = Math.min(count, MOST_STEPS);
    let left = count;
    for (let step = 0; step < steps; step++) {
      const share = steps > 1 ? step / (steps - 1) : 0;
      const ms = firstMs + (lastMs - firstMs) * share;
      const many = Math.floor(left / (steps - step));
      left -= many;
      this.record(ms);
      this.#count += many - 1;
      this.#sumMs += ms * (many - 1);
      this.#sumOfSquares += ms * ms * (many - 1);
      this.#counts[this.#bucketOf(ms)] += many - 1;
    }
  }

  #bucketOf(ms: number): number {
    const micros = ms * 1000;
    if (!(micros >= 1)) return 0;
    this.#double[0] = micros;
    const bucket = (this.#halves[1] >>> (20 - STEP_BITS)) - (1023 << STEP_BITS);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
  }

  /** How many times were counted. */
  get count(): number {
    return this.#count;
  }

  /** The shortest, or 0 if there is none. */
  get minMs(): number {
    return this.#count > 0 ? this.#minMs : 0;
  }

  /** The longest, or 0 if there is none. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /** The mean, or 0 if there is none. */
  get meanMs(): number {
    return this.#count > 0 ? this.#sumMs / this.#count : 0;
  }

  /** The standard deviation, which `ping` calls mdev. */
  get deviationMs(): number {
    if (this.#count === 0) return 0;
    const variance = this.#sumOfSquares / this.#count - this.meanMs ** 2;
    return Math.sqrt(Math.max(variance, 0));
  }

  /**
   * A percentile.
   *
   * @param percent 0 to 100.
   * @returns the time, in milliseconds, that so many percent did not exceed.
   */
  percentile(percent: number): number {
    const rank = this.rankOf(percent);
    if (rank >= this.#count) return this.#maxMs;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket];
      if (seen < rank) continue;
      const middle = (startOf(bucket) + startOf(bucket + 1)) / 2;
      return Math.min(Math.max(middle, this.minMs), this.#maxMs);
    }
    return 0;
  }

  /** Which of all times, from 1 on, is a percentile. */
  protected rankOf(percent: number): number {
    // What is 99.9 % of 1000 must not become the 1000th for want of a bit.
    return Math.max(Math.ceil(this.#count * percent / 100 - 1e-6), 1);
  }

  /** How many times are from one time up to another, to a step. */
  between(fromMs: number, toMs: number): number {
    const from = this.#bucketOf(fromMs);
    const to = this.#bucketOf(toMs);
    return this.#counts.subarray(from, to).reduce((sum, n) => sum + n, 0);
  }

  /** Adds what another has counted. */
  merge({ counts, sumMs, sumOfSquares, minMs, maxMs }: HistogramData): void {
    counts.forEach((count, bucket) => {
      this.#counts[bucket] += count;
      this.#count += count;
    });
    this.#sumMs += sumMs;
    this.#sumOfSquares += sumOfSquares;
    this.#minMs = Math.min(this.#minMs, minMs);
    this.#maxMs = Math.max(this.#maxMs, maxMs);
  }

  /** The same for another thread. */
  get data(): HistogramData {
    return {
      counts: this.#counts,
      sumMs: this.#sumMs,
      sumOfSquares: this.#sumOfSquares,
      minMs: this.#minMs,
      maxMs: this.#maxMs,
    };
  }
}

// Where a bucket begins, in milliseconds.
function startOf(bucket: number): number {
  const doubling = 2 ** Math.floor(bucket / STEPS);
  return doubling * (1 + (bucket % STEPS) / STEPS) / 1000;
}
