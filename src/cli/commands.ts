/**
 * The one table of commands. The parser, `--help` and the completions of
 * shells come out of it.
 *
 * @module
 */

import { parseTarget, TARGET_BEGINNINGS } from "../client/target.ts";
import { errorText, OptionError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { SHELL_NAMES } from "./completions/shells.ts";
import { FLAGS } from "./flags.ts";
import { BENCH_FLAGS, HEALTHCHECK_FLAGS, PING_FLAGS } from "./flags/client.ts";
import { COMMON_FLAGS } from "./flags/common.ts";
import { type Flag, flagName, type FlagTable, oneOf } from "./flags/flag.ts";

/** The one word that has to stand after a command. */
export type Operand =
  & Required<Pick<Flag<unknown>, "value" | "read">>
  & Pick<Flag<unknown>, "offers">;

/** One command. */
export interface Command {
  /** What stands after it; nothing if there is none. */
  readonly operand?: Operand;
  /** The flags that go with it. */
  readonly flags: FlagTable;
  /** One line for the help. */
  readonly help: string;
  /** What else its own help says. */
  readonly details?: string;
  /** What its exit codes mean. */
  readonly exitCodes: string;
}

const URLS = `\
URLs are tcp://HOST:PORT, the same with tls and udp, unix:PATH, and those of http,
https, ws and wss. All that comes back is checked, byte for byte, and so is every
certificate.`;

const URL_OPERAND = {
  value: "URL",
  read: parseTarget,
  offers: TARGET_BEGINNINGS.map((text) => ({ text })),
} as const;

/** All commands, by name. */
export const COMMANDS = {
  serve: {
    flags: FLAGS,
    help: "start the server; the same without a command",
    exitCodes:
      "0 stopped as asked, 1 failed or stopped by force, 2 wrong usage.",
  },
  ping: {
    operand: URL_OPERAND,
    flags: PING_FLAGS,
    help: "measure how long echoes take, one after another",
    details: `${URLS}
A connection that is lost is opened anew. Ctrl+C prints the summary, too.`,
    exitCodes: "0 all came back intact, 1 some did not, 2 wrong usage.",
  },
  bench: {
    operand: URL_OPERAND,
    flags: BENCH_FLAGS,
    help: "measure how many echoes a server can do, and how late they come",
    details: `${URLS} The first wrong byte ends it, as Ctrl+C does.
Without --rate, a message is sent once another has come back. With it, each is
sent when it is due, and its time counts from then, even if it had to wait.`,
    exitCodes: "0 without errors, 1 with some, 2 wrong usage.",
  },
  healthcheck: {
    operand: URL_OPERAND,
    flags: HEALTHCHECK_FLAGS,
    help: "exit with 0 if an echo comes back, with 1 if not",
    details: `${URLS}
Of a status server, ask for its /health, such as http://127.0.0.1:9090/health.`,
    exitCodes: "0 healthy, 1 not healthy, 2 wrong usage.",
  },
  completions: {
    operand: { value: "SHELL", ...oneOf(...SHELL_NAMES) },
    flags: COMMON_FLAGS,
    exitCodes: "0 printed, 2 wrong usage.",
    help: `print completions for ${list(SHELL_NAMES)}`,
  },
} as const satisfies Record<string, Command>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** The flags of a command. */
export type TableOf<N extends CommandName> = typeof COMMANDS[N]["flags"];

/** What stands after a command. */
export type OperandOf<N extends CommandName> = typeof COMMANDS[N] extends
  { operand: { read: (text: string) => infer T } } ? T : undefined;

/** The command that is meant where none is named. */
export const DEFAULT_COMMAND = "serve" satisfies CommandName;

/** The names of all commands. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The flags of all commands. */
export const ALL_FLAGS: FlagTable = Object.assign(
  {},
  ...COMMAND_NAMES.map((name) => COMMANDS[name].flags),
);

/** A command's description, without its own type. */
export function commandOf(name: CommandName): Command {
  return COMMANDS[name];
}

/** A command and its operand, as the help writes them. */
export function commandSynopsis(name: CommandName): string {
  const { operand } = commandOf(name);
  return operand ? `${name} <${operand.value}>` : name;
}

/** The commands that a flag goes with. */
export function ownersOf(key: string): readonly CommandName[] {
  return COMMAND_NAMES.filter((name) => key in COMMANDS[name].flags);
}

/**
 * Reads what stands after a command.
 *
 * @param command the command.
 * @param words the arguments that belong to no flag, the command itself among
 * them if it is named.
 * @returns the operand.
 * @throws {OptionError} for a word too many or too few.
 */
export function readOperand(
  command: CommandName,
  words: readonly string[],
): unknown {
  const isNamed = words[0] === command;
  const rest = isNamed ? words.slice(1) : [...words];
  const { operand } = commandOf(command);
  const read = operand && readWord(command, operand, rest.shift());
  if (rest.length > 0) throw unexpected(rest[0], command, isNamed);
  return read;
}

function readWord(
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
  const meant = command === DEFAULT_COMMAND ? near ?? flagMeant(word) : near;
  const expected = commandOf(command).operand
    ? `expected echod ${commandSynopsis(command)} and flags alone`
    : "expected flags alone, such as --port 8080; --help lists them";
  return new OptionError(
    `Unexpected argument "${word}": ` +
      (meant ? `did you mean ${meant}?` : expected),
  );
}

// What somebody may have meant who is used to other programs.
function flagMeant(word: string): string | undefined {
  if (word === "help" || word === "version") return `--${word}`;
  const { port, listen } = FLAGS;
  if (isReadBy(port, word)) return `${flagName("port")} ${word}`;
  const url = [word, `tcp://${word}`].find((url) => isReadBy(listen, url));
  return url && `${flagName("listen")} ${url}`;
}

function isReadBy({ read }: Flag<unknown>, text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}

/** Words in a row, as a sentence has them. */
export function list(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " or $1");
}
