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

/**
 * How one server compares with another: the median of each round's ratio,
 * since the two of a round have had the same weather.
 *
 * @param own the figures of one, a round each.
 * @param others the figures of the other.
 * @returns the ratio; NaN if a round lacks either, or there is none.
 */
export function ratioOf(
  own: readonly number[],
  others: readonly number[],
): number {
  if (own.length !== others.length) return NaN;
  return median(own.map((figure, round) => figure / others[round]));
}
