/**
 * The help texts and the README's table, made from the tables of commands and
 * flags.
 *
 * @module
 */

import { KINDS } from "../faults/kinds.ts";
import type { FaultKey } from "../faults/stage.ts";
import {
  COMMAND_NAMES,
  type CommandName,
  commandOf,
  commandSynopsis,
  DEFAULT_COMMAND,
  list,
} from "./commands.ts";
import { flagOf, KEYS } from "./flags.ts";
import {
  type Flag,
  flagHelp,
  flagName,
  type FlagTable,
  variableName,
} from "./flags/flag.ts";

function synopsis(key: string, { short, value }: Flag<unknown>): string {
  const letter = short ? `-${short}, ` : "    ";
  return `${letter}${flagName(key)}${value ? ` <${value}>` : ""}`;
}

/** Lines of two columns. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`)
    .join("\n");
}

function optionLines(flags: FlagTable): string {
  return columns(
    Object.entries(flags).map(([key, flag]) =>
      [synopsis(key, flag), flagHelp(flag)] as const
    ),
  );
}

const UNITS = "Durations are 500ms, 30s, 5m, 1h; sizes are 1024, 64KiB, 10MB.";

/**
 * The text of `--help`.
 *
 * @param command what it is asked for with.
 */
export function helpText(command: CommandName = DEFAULT_COMMAND): string {
  return command === DEFAULT_COMMAND ? programHelp() : commandHelp(command);
}

function programHelp(): string {
  const commands = COMMAND_NAMES.map((name) =>
    [commandSynopsis(name), commandOf(name).help] as const
  );
  const faults = Object.values(KINDS).map(({ example, help }) =>
    [example, help] as const
  );
  return `echod says back, byte for byte, what it is sent.

Usage: echod [serve] [options]

Commands (each has its own --help):
${columns(commands)}

Options:
${optionLines(commandOf(DEFAULT_COMMAND).flags)}

Faults, as kind:key=value,key=value (the README has all keys):
${columns(faults)}

${UNITS}
Each option but ${commandLineOnly()} may also be a variable,
such as ${
    variableName("idleTimeout")
  }=30s, or a key of the file that --config names,
such as "idleTimeout": "30s". Flags win over variables, and those over the file.

Exit codes: ${commandOf(DEFAULT_COMMAND).exitCodes}`;
}

function commandLineOnly(): string {
  return list(KEYS.filter((key) => flagOf(key).commandLineOnly).map(flagName));
}

function commandHelp(name: CommandName): string {
  const { help, details, flags } = commandOf(name);
  return `echod ${name}: ${help}.

Usage: echod ${commandSynopsis(name)} [options]

Options:
${optionLines(flags)}
${details ? `\n${details}\n${UNITS}\n` : ""}
Exit codes: ${commandOf(name).exitCodes}`;
}

/** The flag table of the README, in Markdown. */
export function readmeTable(): string {
  const rows = KEYS.map((key) => {
    const { short, value, default: fallback, commandLineOnly, help } = flagOf(
      key,
    );
    const flag = (short ? `-${short}, ` : "") + flagName(key) +
      (value ? ` <${value}>` : "");
    const variable = commandLineOnly ? "" : `\`${variableName(key)}\``;
    const shown = fallback === undefined ? "" : `\`${fallback}\``;
    return `| \`${flag}\` | ${shown} | ${help} | ${variable} |`;
  });
  return [
    "| flag | default | meaning | variable |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** The fault table of the README, in Markdown. */
export function readmeFaultTable(): string {
  const rows = Object.entries(KINDS).map(([name, { keys, example, help }]) => {
    const own = Object.entries<FaultKey>(keys).map(([key, { required }]) =>
      required ? `\`${key}\`` : `\`[${key}]\``
    );
    return `| \`${name}\` | ${help} | ${own.join(" ")} | \`${example}\` |`;
  });
  return [
    "| fault | what it does | keys | example |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
