/**
 * The help text and the README's table, made from the flag table.
 *
 * @module
 */

import { KINDS } from "../faults/kinds.ts";
import type { FaultKey } from "../faults/stage.ts";
import { COMMAND_NAMES, commandOf, commandSynopsis } from "./commands.ts";
import {
  flagHelp,
  flagName,
  flagOf,
  type Key,
  KEYS,
  variableName,
} from "./flags.ts";

function synopsis(key: Key): string {
  const { short, value } = flagOf(key);
  const letter = short ? `-${short}, ` : "    ";
  return `${letter}${flagName(key)}${value ? ` <${value}>` : ""}`;
}

/** Lines of two columns. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`)
    .join("\n");
}

/** The text of `--help`. */
export function helpText(): string {
  const commands = COMMAND_NAMES.map((name) =>
    [commandSynopsis(name), commandOf(name).help] as const
  );
  const flags = KEYS.map((key) => [synopsis(key), flagHelp(key)] as const);
  const faults = Object.values(KINDS).map(({ example, help }) =>
    [example, help] as const
  );
  return `echod says back, byte for byte, what it is sent.

Usage: echod [serve] [options]

Commands:
${columns(commands)}

Options:
${columns(flags)}

Faults, as kind:key=value,key=value (the README has all keys):
${columns(faults)}

Durations are 500ms, 30s, 5m, 1h; sizes are 1024, 64KiB, 10MB.
Each option but the last ones may also be a variable, such as ${
    variableName("idleTimeout")
  }=30s,
or a key of the file that --config names, such as "idleTimeout": "30s".
Flags win over variables, and those over the file.

Exit codes: 0 stopped as asked, 1 failed or stopped by force, 2 wrong usage.`;
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
