/**
 * What many rounds say together.
 *
 * @module
 */

/** A figure over all rounds. */
export interface Summary {
  /** The median. */
  readonly median: number;
  /** A quarter is below this. */
  readonly low: number;
  /** A quarter is above this. */
  readonly high: number;
}

/** The middle of some numbers, or between the middle two; NaN of none. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** Median and quartiles; `undefined` of no numbers. */
export function summarize(numbers: readonly number[]): Summary | undefined {
  if (numbers.length === 0) return undefined;
  return {
    median: median(numbers),
    low: quantile(numbers, 0.25),
    high: quantile(numbers, 0.75),
  };
}

function quantile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) return NaN;
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at % 1);
}

/** A figure that is not known exactly. */
export interface Estimate {
  /** What was measured; NaN if nothing was. */
  readonly measured: number;
  /** What it is at least, in 95 of 100 cases; absent where that is not known. */
  readonly low?: number;
  /** What it is at most. */
  readonly high?: number;
}

/**
 * The median of some figures, and between which of them the true one lies. That
 * goes by their order alone (the sign test), so that a few that the machine has
 * spoilt make no difference. Of two to five it is all of them, which is less than
 * 95 of 100, and one says nothing of that.
 */
export function estimateMedian(numbers: readonly number[]): Estimate {
  const count = numbers.length;
  if (count < 2) return { measured: numbers[0] ?? NaN };
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = Math.floor((count + 1) / 2 - 0.98 * Math.sqrt(count));
  const at = Math.max(rank, 1) - 1;
  return {
    measured: median(numbers),
    low: sorted[at],
    high: sorted[count - 1 - at],
  };
}

/**
 * How one server compares with another: the median of each turn's ratio, since
 * the two of a turn have had the same weather.
 *
 * @param own the figures of one, a turn each.
 * @param others the figures of the other.
 * @returns the ratio; NaN if a turn lacks either, or there is none.
 */
export function ratioOf(
  own: readonly number[],
  others: readonly number[],
): Estimate {
  if (own.length !== others.length) return { measured: NaN };
  return estimateMedian(own.map((figure, turn) => figure / others[turn]));
}
