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
import { type Flag, flagHelp, flagName } from "../flags/flag.ts";
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
  // What several commands have in common is one flag.
  const forms = new Map<Flag<unknown>, FlagForm>();
  const formOf = ([key, flag]: [string, Flag<unknown>]) => {
    const form = forms.get(flag) ?? flagForm(key, flag);
    forms.set(flag, form);
    return form;
  };
  const commands = Object.entries<Command>(COMMANDS).map(
    ([name, { operand, flags, help }]) => ({
      name,
      isDefault: name === DEFAULT_COMMAND,
      operand: operand && valueOf(operand),
      flags: Object.entries(flags).map(formOf),
      help,
    }),
  );
  return { name: "echod", commands, flags: [...forms.values()] };
}

function flagForm(key: string, flag: Flag<unknown>): FlagForm {
  const { short, value, offers, repeatable } = flag;
  return {
    names: [...short ? [`-${short}`] : [], flagName(key)],
    value: value === undefined ? undefined : valueOf({ value, offers }),
    isRepeatable: repeatable === true,
    help: flagHelp(flag),
  };
}

function valueOf({ value, offers = [] }: Omit<Operand, "read">): Value {
  return { name: value, isFile: value === "FILE", offers };
}
