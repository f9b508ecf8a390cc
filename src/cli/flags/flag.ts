/**
 * What a setting is.
 *
 * @module
 */

import { choiceOf, formatDuration, readDuration } from "../../units.ts";

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

/** The settings of a command, by their key. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

type Read<F> = F extends { read: (text: string) => infer T } ? T : never;

/** A setting's value: a list, a switch, or one value that may be absent. */
type ValueOf<F> = F extends { repeatable: true } ? readonly Read<F>[]
  : F extends { default: string } ? Read<F>
  : F extends { value: string } ? Read<F> | undefined
  : boolean;

/** The values of all settings of a command. */
export type SettingsOf<T extends FlagTable> = {
  readonly [K in keyof T]: ValueOf<T[K]>;
};

/** Whether a setting is a switch, which takes no value on the command line. */
export function isSwitch({ value }: Flag<unknown>): boolean {
  return value === undefined;
}

/** The long flag of a setting: `idleTimeout` is `--idle-timeout`. */
export function flagName(key: string): string {
  return "--" + words(key).join("-");
}

/** The line of help of a setting, with its default. */
export function flagHelp({ help, default: fallback }: Flag<unknown>): string {
  return fallback === undefined ? help : `${help} [${fallback}]`;
}

/** The variable of a setting: `idleTimeout` is `ECHOD_IDLE_TIMEOUT`. */
export function variableName(key: string): string {
  return ["echod", ...words(key)].join("_").toUpperCase();
}

function words(key: string): string[] {
  return key.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}

/** What the settings that are durations have in common; 0 is written so. */
export const DURATION = {
  value: "DURATION",
  read: readDuration,
  show: formatDuration,
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
