/**
 * What a setting is.
 *
 * @module
 */

import { choiceOf, readDuration } from "../../units.ts";

/** A value, or how one begins, for shells to complete. */
export interface Offer {
  /** What to type; more has to follow where it ends in a colon. */
  readonly text: string;
  /** What that means, in one line. */
  readonly help?: string;
  /** What may follow a colon, as `text:key=value,key=value`. */
  readonly keys?: readonly string[];
}

/** One setting. */
export interface Flag<T> {
  /** One letter, for `-p`. */
  readonly short?: string;
  /** What its value is called in the help; absent for a switch. */
  readonly value?: string;
  /** Reads one value from text. */
  readonly read: (text: string) => T;
  /** Writes one value as text, where `String` does not. */
  show?(value: T): string;
  /** What a shell may offer as its value; nothing if there is no telling. */
  readonly offers?: readonly Offer[];
  /** What holds if nobody sets it, as text; without it, nothing does. */
  readonly default?: string;
  /** Whether it may be given many times, and collects. */
  readonly repeatable?: true;
  /** What separates many in a variable; a comma unless it says otherwise. */
  readonly separator?: string;
  /** Whether it is a matter of the command line alone. */
  readonly commandLineOnly?: true;
  /** Whether its value is to be shown nowhere. */
  readonly isSecret?: true;
  /** One line for the help. */
  readonly help: string;
}

/** What the settings that are durations have in common; 0 is written so. */
export const DURATION = {
  value: "DURATION",
  read: readDuration,
  show: (ms: number): string => `${ms}ms`,
} as const;

/** What the settings that are one of a few words have in common. */
export function oneOf<T extends string>(
  ...words: readonly T[]
): Required<Pick<Flag<T>, "read" | "offers">> {
  return {
    read: choiceOf(...words),
    offers: words.map((text) => ({ text })),
  };
}
