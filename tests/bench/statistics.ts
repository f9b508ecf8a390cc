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

/** A figure, and how sure it is. */
export interface Estimate {
  /** What was measured; NaN if nothing was. */
  readonly measured: number;
  /** The lower end of the range of the true one; absent where it has none. */
  readonly lowest?: number;
  /** The upper end of it. */
  readonly highest?: number;
}

// Of so few, all are on one side of the true median too often to tell anything.
const FEWEST = 5;
// The middle 95 % of a normal distribution, which the ranks nearly have.
const DEVIATIONS = 1.96;

/**
 * The median of some figures, and the 95 % confidence interval of it by the sign
 * test: two of the figures, chosen by their ranks alone, so that a few that the
 * machine has spoilt make no difference. Of five it is all of them (94 %), of
 * fewer there is none.
 *
 * Turns of a round have their servers in common; NOTES.md tells what rounds
 * differ by.
 */
export function estimateMedian(numbers: readonly number[]): Estimate {
  const measured = median(numbers);
  const count = numbers.length;
  if (count < FEWEST) return { measured };
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = Math.floor((count + 1 - DEVIATIONS * Math.sqrt(count)) / 2);
  const at = Math.max(rank, 1) - 1;
  return {
    measured,
    lowest: sorted[at],
    highest: sorted[count - 1 - at],
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
