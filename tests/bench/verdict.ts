/**
 * What has come of a claim, and how that is said.
 *
 * @module
 */

import type { Estimate } from "./statistics.ts";

/** A claim about one server, and what has come of it. */
export interface Verdict extends Claim {
  /** Of whom it is claimed. */
  readonly server: string;
}

/** What is claimed, and what was measured. */
export interface Claim extends Estimate {
  /** What is claimed. */
  readonly claim: string;
  /** The most that it may be; absent where there is a least. */
  readonly most?: number;
  /** The least that it may be. */
  readonly least?: number;
  /** Its unit. */
  readonly unit: string;
  /** Whether it is only tried for. */
  readonly isAim?: true;
  /** What else there is to say. */
  readonly note?: string;
  /** The same in so few words that a table has room for them. */
  readonly brief?: string;
}

/**
 * Whether a claim holds; `undefined` if its limit lies in the range of what was
 * measured, or there is no such range.
 */
export function holds(claim: Claim): boolean | undefined {
  const { lowest = NaN, highest = NaN } = claim;
  const { most = Infinity, least = -Infinity } = claim;
  if (highest <= most && lowest >= least) return true;
  return lowest > most || highest < least ? false : undefined;
}

/** A verdict as a line of text. */
export function describeVerdict(verdict: Verdict): string {
  const { server, claim, measured, note } = verdict;
  const figures = Number.isNaN(measured) ? "" : `${measuredText(verdict)}, `;
  const notes = note ? ` (${note})` : "";
  const said = `${server}, ${claim}: ${figures}${limitText(verdict)}${notes}`;
  return `${outcomeOf(verdict)}: ${said}`;
}

/** What was measured, and the range of that. */
export function measuredText(claim: Claim): string {
  const { measured, lowest, highest, unit } = claim;
  const figure = (value: number) => value.toFixed(Math.abs(value) < 10 ? 2 : 1);
  const isRange = lowest !== undefined && highest !== undefined &&
    lowest < highest;
  const range = isRange ? ` (${figure(lowest)} to ${figure(highest)})` : "";
  return `${figure(measured)}${unit}${range}`;
}

/** What is asked for. */
export function limitText({ most, least, unit }: Claim): string {
  const limit = most === undefined ? `at least ${least}` : `at most ${most}`;
  return `${limit}${unit}`;
}

/** What has come of a claim. */
export function outcomeOf(verdict: Claim): string {
  if (Number.isNaN(verdict.measured)) return "not measured";
  const isSo = holds(verdict);
  if (isSo === undefined) return "not settled";
  if (verdict.isAim) return isSo ? "aim met" : "aim missed";
  return isSo ? "holds" : "DOES NOT HOLD";
}
