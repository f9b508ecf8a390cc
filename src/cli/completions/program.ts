/**
 * What a shell has to know to complete a command line, whichever shell it is.
 *
 * @module
 */

import type { Offer } from "../flags/flag.ts";

/** What stands after a flag or a command. */
export interface Value {
  /** What the help calls it, such as `FILE`. */
  readonly name: string;
  /** Whether it is the path of a file. */
  readonly isFile: boolean;
  /** What it may be. */
  readonly offers: readonly Offer[];
}

/** A flag as it is typed. */
export interface FlagForm {
  /** Its names with their dashes, the short one first. */
  readonly names: readonly string[];
  /** What it takes; a switch takes nothing. */
  readonly value?: Value;
  /** Whether it may be given many times. */
  readonly isRepeatable: boolean;
  /** One line of help. */
  readonly help: string;
}

/** A command as it is typed. */
export interface CommandForm {
  /** Its name. */
  readonly name: string;
  /** Whether it may be left out. */
  readonly isDefault: boolean;
  /** What stands after it. */
  readonly operand?: Value;
  /** The flags that go with it. */
  readonly flags: readonly FlagForm[];
  /** One line of help. */
  readonly help: string;
}

/** A program as it is typed. */
export interface Program {
  /** Its name. */
  readonly name: string;
  /** Its commands. */
  readonly commands: readonly CommandForm[];
  /** The flags of all commands, each once. */
  readonly flags: readonly FlagForm[];
}

/** Whether more has to follow a word, so that no space may. */
export function isBeginning({ text }: Offer): boolean {
  return /[:/]$/.test(text);
}

/** What a value with keys is called before its colon. */
export function keyed({ text }: Offer): string {
  return text.replace(/:$/, "");
}
