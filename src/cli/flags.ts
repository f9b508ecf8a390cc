/**
 * The one table of settings. The parser, `--help`, the environment variables,
 * the keys of the configuration file and the README's table come out of it.
 *
 * @module
 */

import { FAULT_FLAGS } from "./flags/faults.ts";
import type { Flag } from "./flags/flag.ts";
import { HTTP_FLAGS } from "./flags/http.ts";
import { LIMIT_FLAGS } from "./flags/limits.ts";
import { LISTENER_FLAGS } from "./flags/listeners.ts";
import { PROGRAM_FLAGS } from "./flags/program.ts";
import { TLS_FLAGS } from "./flags/tls.ts";

/** All settings, by their key in the configuration file. */
export const FLAGS = {
  ...LISTENER_FLAGS,
  ...TLS_FLAGS,
  ...HTTP_FLAGS,
  ...LIMIT_FLAGS,
  ...FAULT_FLAGS,
  ...PROGRAM_FLAGS,
} as const satisfies Record<string, Flag<unknown>>;

/** The key of a setting, as in the configuration file. */
export type Key = keyof typeof FLAGS;

type Read<K extends Key> = ReturnType<typeof FLAGS[K]["read"]>;

/** A setting's value: a list, a switch, or one value that may be absent. */
type Value<K extends Key> = typeof FLAGS[K] extends { repeatable: true }
  ? readonly Read<K>[]
  : typeof FLAGS[K] extends { default: string } ? Read<K>
  : typeof FLAGS[K] extends { value: string } ? Read<K> | undefined
  : boolean;

/** The values of all settings. */
export type Settings = { readonly [K in Key]: Value<K> };

/** All settings, in the order of the help. */
export const KEYS = Object.keys(FLAGS) as readonly Key[];

/** A setting's description, without its own type. */
export function flagOf(key: Key): Flag<unknown> {
  return FLAGS[key];
}

/** Whether a setting is a switch, which takes no value on the command line. */
export function isSwitch(key: Key): boolean {
  return flagOf(key).value === undefined;
}

/** The long flag of a setting: `idleTimeout` is `--idle-timeout`. */
export function flagName(key: Key): string {
  return "--" + words(key).join("-");
}

/** The line of help of a setting, with its default. */
export function flagHelp(key: Key): string {
  const { help, default: fallback } = flagOf(key);
  return fallback === undefined ? help : `${help} [${fallback}]`;
}

/** The variable of a setting: `idleTimeout` is `ECHOD_IDLE_TIMEOUT`. */
export function variableName(key: Key): string {
  return ["echod", ...words(key)].join("_").toUpperCase();
}

function words(key: Key): string[] {
  return key.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
