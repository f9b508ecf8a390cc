/**
 * What a setting is.
 *
 * @module
 */

import { readDuration } from "../../units.ts";

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
