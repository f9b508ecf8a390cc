/**
 * The one table of a server's settings. The parser, `--help`, the environment
 * variables, the keys of the configuration file and the README's table come out
 * of it.
 *
 * @module
 */

import { FAULT_FLAGS } from "./flags/faults.ts";
import type { Flag, FlagTable, SettingsOf } from "./flags/flag.ts";
import { HTTP_FLAGS } from "./flags/http.ts";
import { LIMIT_FLAGS } from "./flags/limits.ts";
import { LISTENER_FLAGS } from "./flags/listeners.ts";
import { PROGRAM_FLAGS } from "./flags/program.ts";
import { TLS_FLAGS } from "./flags/tls.ts";

export { flagName, variableName } from "./flags/flag.ts";

/** All settings, by their key in the configuration file. */
export const FLAGS = {
  ...LISTENER_FLAGS,
  ...TLS_FLAGS,
  ...HTTP_FLAGS,
  ...LIMIT_FLAGS,
  ...FAULT_FLAGS,
  ...PROGRAM_FLAGS,
} as const satisfies FlagTable;

/** The key of a setting, as in the configuration file. */
export type Key = keyof typeof FLAGS;

/** The values of all settings. */
export type Settings = SettingsOf<typeof FLAGS>;

/** All settings, in the order of the help. */
export const KEYS = Object.keys(FLAGS) as readonly Key[];

/** A setting's description, without its own type. */
export function flagOf(key: Key): Flag<unknown> {
  return FLAGS[key];
}
