/**
 * The answer to `echod completions`.
 *
 * @module
 */

import {
  type Command,
  COMMANDS,
  DEFAULT_COMMAND,
  type Operand,
} from "../commands.ts";
import { flagHelp, flagName, flagOf, type Key, KEYS } from "../flags.ts";
import type { FlagForm, Program, Value } from "./program.ts";
import { type Shell, SHELLS } from "./shells.ts";

/**
 * Makes the script that completes echod's command line in a shell.
 *
 * @param shell the shell.
 * @returns the script, without its last line break.
 */
export function completionScript(shell: Shell): string {
  return SHELLS[shell](describeProgram()).trimEnd();
}

/** Describes echod's command line out of the tables of commands and flags. */
export function describeProgram(): Program {
  const forms = new Map(KEYS.map((key) => [key, flagForm(key)]));
  const commands = Object.entries<Command>(COMMANDS);
  return {
    name: "echod",
    commands: commands.map(([name, { operand, flags, help }]) => ({
      name,
      isDefault: name === DEFAULT_COMMAND,
      operand: operand && valueOf(operand),
      flags: flags.map((key) => forms.get(key)!),
      help,
    })),
    flags: [...forms.values()],
  };
}

function flagForm(key: Key): FlagForm {
  const { short, value, offers, repeatable } = flagOf(key);
  return {
    names: [...short ? [`-${short}`] : [], flagName(key)],
    value: value === undefined ? undefined : valueOf({ value, offers }),
    isRepeatable: repeatable === true,
    help: flagHelp(key),
  };
}

function valueOf({ value, offers = [] }: Omit<Operand, "read">): Value {
  return { name: value, isFile: value === "FILE", offers };
}
