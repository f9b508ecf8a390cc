/**
 * The one table of commands. The parser, `--help` and the completions of
 * shells come out of it.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { SHELL_NAMES } from "./completions/shells.ts";
import { type Flag, oneOf } from "./flags/flag.ts";
import { flagName, type Key, KEYS } from "./flags.ts";

/** The one word that may stand after a command. */
export type Operand =
  & Required<Pick<Flag<unknown>, "value" | "read">>
  & Pick<Flag<unknown>, "offers">;

/** One command. */
export interface Command {
  /** What stands after it; nothing if there is none. */
  readonly operand?: Operand;
  /** The flags that go with it. */
  readonly flags: readonly Key[];
  /** One line for the help. */
  readonly help: string;
}

/** All commands, by name. */
export const COMMANDS = {
  serve: {
    flags: KEYS,
    help: "start the server; the same without a command",
  },
  completions: {
    operand: { value: "SHELL", ...oneOf(...SHELL_NAMES) },
    flags: ["help", "version"],
    help: `print completions for ${list(SHELL_NAMES)}`,
  },
} as const satisfies Record<string, Command>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** The command that is meant where none is named. */
export const DEFAULT_COMMAND = "serve" satisfies CommandName;

/** The names of all commands. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

type OperandOf<N extends CommandName> = typeof COMMANDS[N] extends
  { operand: { read: (text: string) => infer T } } ? T : undefined;

/** A command that was given, and its operand. */
export type Invocation = {
  readonly [N in CommandName]: {
    readonly command: N;
    readonly operand: OperandOf<N>;
  };
}[CommandName];

/** What is meant where neither command nor operand is given. */
export const DEFAULT_INVOCATION: Invocation = {
  command: DEFAULT_COMMAND,
  operand: undefined,
};

/** A command's description, without its own type. */
export function commandOf(name: CommandName): Command {
  return COMMANDS[name];
}

/** A command and its operand, as the help writes them. */
export function commandSynopsis(name: CommandName): string {
  const { operand } = commandOf(name);
  return operand ? `${name} <${operand.value}>` : name;
}

/**
 * Reads which command is given, and what stands after it.
 *
 * @param words the arguments that belong to no flag.
 * @param flags the flags that were given with them.
 * @returns the command and its operand.
 * @throws {OptionError} for a word too many or too few, and for flags that do
 * not go with the command.
 */
export function readInvocation(
  words: readonly string[],
  flags: readonly Key[],
): Invocation {
  const named = COMMAND_NAMES.find((name) => name === words[0]);
  const command = named ?? DEFAULT_COMMAND;
  const rest = named ? words.slice(1) : [...words];
  const { operand, flags: own } = commandOf(command);
  const alien = flags.find((key) => !own.includes(key));
  if (alien) {
    throw new OptionError(
      `Cannot use ${flagName(alien)} with ${command}: ` +
        `expected ${list(own.map(flagName))} at most`,
    );
  }
  const read = operand && readOperand(command, operand, rest.shift());
  if (rest.length > 0) throw unexpected(rest[0], command, named !== undefined);
  // The operand was read by the command's own reader just now.
  return { command, operand: read } as Invocation;
}

function readOperand(
  command: CommandName,
  { value, read }: Operand,
  text: string | undefined,
): unknown {
  try {
    return read(text ?? "");
  } catch (error) {
    const what = text === undefined
      ? `Missing ${value} after ${command}`
      : `Cannot use ${command} "${text}"`;
    throw new OptionError(`${what}: ${errorText(error)}`, { cause: error });
  }
}

function unexpected(
  word: string,
  command: CommandName,
  isNamed: boolean,
): OptionError {
  const near = isNamed ? undefined : suggest(word, COMMAND_NAMES);
  const expected = commandOf(command).operand
    ? `expected echod ${commandSynopsis(command)} alone`
    : "expected flags alone, such as --port 8080; --help lists them";
  return new OptionError(
    `Unexpected argument "${word}": ` +
      (near ? `did you mean ${near}?` : expected),
  );
}

function list(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " or $1");
}
