/**
 * Brings the arguments of a command line into one form.
 *
 * Parsers differ on the rest: on `-qp80`, on `--quiet false`, on `--port=`.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { COMMON_FLAGS } from "./flags/common.ts";
import { type Flag, flagName, type FlagTable, isSwitch } from "./flags/flag.ts";

// What programs for Deno are mostly run with.
const DENO_FLAG =
  /^(-[ANREWS]|--allow-(all|net|read|write|env|sys|run|ffi|import)|--unstable-[a-z-]+)$/;

/** Whether a switch stands by itself among arguments that may be wrong. */
export function asksFor(
  argv: readonly string[],
  key: keyof typeof COMMON_FLAGS,
): boolean {
  const end = argv.indexOf("--");
  const flags = end < 0 ? argv : argv.slice(0, end);
  const { short } = COMMON_FLAGS[key];
  return flags.some((flag) => flag === flagName(key) || flag === `-${short}`);
}

/**
 * Writes every flag as `--flag=value`, a switch as `--switch=true`.
 *
 * @param argv the arguments as they were typed.
 * @param table the flags that there are.
 * @param advise what to say of a flag that is not among them.
 * @returns the same in one form; arguments of no flag stay as they are.
 * @throws {OptionError} for an unknown flag, a missing value, or one too many.
 */
export function normalizeArgv(
  argv: readonly string[],
  table: FlagTable,
  advise = (typed: string) => adviceOn(typed, table),
): string[] {
  const find = (typed: string, fits: (key: string) => boolean) => {
    const key = Object.keys(table).find(fits);
    if (key !== undefined) return key;
    throw new OptionError(advise(typed));
  };
  const normal: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "--") return [...normal, "--", ...words];
    const [, letter, rest] = /^-([^-])(.*)$/su.exec(word) ?? [];
    const [, flag, inline] = /^(--[^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (letter) {
      const key = find(`-${letter}`, (key) => table[key].short === letter);
      if (isSwitch(table[key]) && rest.startsWith("-")) {
        throw new OptionError(advise(word));
      }
      words.unshift(...splitCluster(word, rest, key, table[key]));
    } else if (flag !== undefined) {
      const key = find(flag, (key) => flagName(key) === flag);
      normal.push(normalizeFlag(flag, inline, words, table[key]));
    } else normal.push(word);
  }
  return normal;
}

// `-qp80` is `--quiet -p80`, and `-p80` or `-p=80` is `--port=80`.
function splitCluster(
  word: string,
  rest: string,
  key: string,
  flag: Flag<unknown>,
): string[] {
  const name = flagName(key);
  if (rest === "") return [name];
  if (!isSwitch(flag)) return [`${name}=${rest.replace(/^=/, "")}`];
  if (rest.startsWith("=")) throw needlessValue(word, name);
  return [name, `-${rest}`];
}

function normalizeFlag(
  name: string,
  inline: string | undefined,
  following: string[],
  flag: Flag<unknown>,
): string {
  if (isSwitch(flag)) {
    if (inline !== undefined) throw needlessValue(`${name}=${inline}`, name);
    return `${name}=true`;
  }
  // `-1` is a wrong value rather than a flag.
  const isNextValue = following.length > 0 && !/^-\D/.test(following[0]);
  const value = inline ?? (isNextValue ? following.shift() : "");
  if (value) return `${name}=${value}`;
  throw new OptionError(
    `Missing value for ${name}: expected ${name} ${flag.value}`,
  );
}

/**
 * What to say of a flag that there is not.
 *
 * @param typed the flag.
 * @param table the flags that there are.
 */
export function adviceOn(typed: string, table: FlagTable): string {
  if (DENO_FLAG.test(typed)) {
    return `Unknown flag ${typed}: flags of Deno go before the program, ` +
      "as in deno run -N main.ts";
  }
  const near = suggest(typed, Object.keys(table).map(flagName));
  return `Unknown flag ${typed}: ` +
    (near ? `did you mean ${near}?` : "--help lists all flags");
}

function needlessValue(typed: string, name: string): OptionError {
  return new OptionError(`Cannot use "${typed}": ${name} takes no value`);
}
