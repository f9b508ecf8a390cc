/**
 * Turns a command line into a command and its settings.
 *
 * @module
 */

import { std } from "../std.ts";
import { adviceOn, asksFor, normalizeArgv } from "./argv.ts";
import {
  ALL_FLAGS,
  COMMAND_NAMES,
  type CommandName,
  commandOf,
  DEFAULT_COMMAND,
  list,
  type OperandOf,
  ownersOf,
  readOperand,
  type TableOf,
} from "./commands.ts";
import { flagName, isSwitch } from "./flags/flag.ts";
import { serverSettings, type Surroundings } from "./server_settings.ts";
import { type Layer, resolve, type Resolved } from "./settings.ts";

/** A command, and the settings that go with it. */
export interface Invocation<N extends CommandName>
  extends Resolved<TableOf<N>> {
  /** The command. */
  readonly command: N;
  /** What stands after it. */
  readonly operand: OperandOf<N>;
}

/** The same for whoever only asks what there is. */
export interface Question {
  /** What is asked for. */
  readonly command: "help" | "version";
  /** The command that it is about. */
  readonly about: CommandName;
}

/** What a command line says. */
export type Parsed =
  | { readonly [N in CommandName]: Invocation<N> }[CommandName]
  | Question;

/**
 * Reads command and settings. Of a server, flags win over variables, those over
 * the file; other commands have flags alone.
 *
 * @param argv the command line's arguments.
 * @param surroundings where variables and files come from.
 * @returns the command, the settings and their origins.
 * @throws {OptionError} in one line that names the setting, the value and
 * what was expected.
 */
export function parse(
  argv: readonly string[],
  surroundings: Surroundings,
): Parsed {
  const about = commandIn(argv);
  // Whoever asks for help has reason not to get the rest right.
  for (const command of ["help", "version"] as const) {
    if (asksFor(argv, command)) return { command, about };
  }
  const { flags, words } = readArgv(argv, about);
  const operand = readOperand(about, words);
  for (const command of ["help", "version"] as const) {
    if (flags.texts.has(command)) return { command, about };
  }
  if (about === DEFAULT_COMMAND) {
    const resolved = serverSettings(flags, surroundings);
    return { command: about, operand: undefined, ...resolved };
  }
  const resolved = resolve(commandOf(about).flags, [flags]);
  // Table and operand are those of the command.
  return { command: about, operand, ...resolved } as Parsed;
}

// The command is the first word that is no flag and no flag's value.
function commandIn(argv: readonly string[]): CommandName {
  const isName = (word: string | undefined): word is CommandName =>
    COMMAND_NAMES.some((name) => name === word);
  if (isName(argv[0])) return argv[0];
  try {
    const words = normalizeArgv(argv, ALL_FLAGS);
    const first = words.find((word) => !word.startsWith("-"));
    return isName(first) ? first : DEFAULT_COMMAND;
  } catch {
    // What is wrong comes out when they are read in earnest.
    return DEFAULT_COMMAND;
  }
}

const longName = (key: string) => flagName(key).slice(2);

function readArgv(
  argv: readonly string[],
  command: CommandName,
): { flags: Layer; words: readonly string[] } {
  const table = commandOf(command).flags;
  const keys = Object.keys(table);
  const normal = normalizeArgv(argv, table, (typed) => {
    const [owner, ...others] = typed.startsWith("--")
      ? ownersOfFlag(typed)
      : [];
    return owner === undefined
      ? adviceOn(typed, table)
      : `Cannot use ${typed} with ${command}: it goes with ` +
        list([owner, ...others]);
  });
  const { switches, values, rest } = std.parseArgs(normal, {
    switches: keys.filter((key) => isSwitch(table[key])).map(longName),
    valued: keys.filter((key) => !isSwitch(table[key])).map(longName),
  });
  const texts = new Map<string, readonly string[]>();
  for (const key of keys) {
    const name = longName(key);
    if (switches.includes(name)) texts.set(key, ["true"]);
    if (values[name]) texts.set(key, values[name]);
  }
  return { flags: { origin: "flag", texts, describe: flagName }, words: rest };
}

function ownersOfFlag(typed: string): readonly CommandName[] {
  const key = Object.keys(ALL_FLAGS).find((key) => flagName(key) === typed);
  return key === undefined ? [] : ownersOf(key);
}
