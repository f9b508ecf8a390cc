/**
 * Brings the arguments of a command line into one form.
 *
 * Parsers differ on the rest: on `-qp80`, on `--quiet false`, on `--port=`.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import { flagName, flagOf, isSwitch, type Key, KEYS } from "./flags.ts";
import { suggest } from "../suggest.ts";

/** Whether a switch stands by itself among arguments that may be wrong. */
export function asksFor(argv: readonly string[], key: Key): boolean {
  const end = argv.indexOf("--");
  const flags = end < 0 ? argv : argv.slice(0, end);
  const { short } = flagOf(key);
  return flags.some((flag) => flag === flagName(key) || flag === `-${short}`);
}

/**
 * Writes every flag as `--flag=value`, a switch as `--switch=true`.
 *
 * @param argv the arguments as they were typed.
 * @returns the same in one form; arguments of no flag stay as they are.
 * @throws {OptionError} for an unknown flag, a missing value, or one too many.
 */
export function normalizeArgv(argv: readonly string[]): string[] {
  const normal: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "--") return [...normal, "--", ...words];
    const [, letter, cluster] = /^-([^-])(.*)$/su.exec(word) ?? [];
    const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (letter) words.unshift(...splitCluster(word, letter, cluster));
    else if (name !== undefined) {
      normal.push(normalizeFlag(`--${name}`, inline, words));
    } else normal.push(word);
  }
  return normal;
}

// `-qp80` is `--quiet -p80`, and `-p80` or `-p=80` is `--port=80`.
function splitCluster(word: string, letter: string, rest: string): string[] {
  const key = KEYS.find((key) => flagOf(key).short === letter);
  if (!key) throw unknownFlag(`-${letter}`);
  if (rest === "") return [flagName(key)];
  if (!isSwitch(key)) return [`${flagName(key)}=${rest.replace(/^=/, "")}`];
  if (rest.startsWith("=")) throw needlessValue(word, key);
  if (rest.startsWith("-")) throw unknownFlag(word);
  return [flagName(key), `-${rest}`];
}

function normalizeFlag(
  flag: string,
  inline: string | undefined,
  following: string[],
): string {
  const key = KEYS.find((key) => flagName(key) === flag);
  if (!key) throw unknownFlag(flag);
  if (isSwitch(key)) {
    if (inline !== undefined) throw needlessValue(`${flag}=${inline}`, key);
    return `${flag}=true`;
  }
  // `-1` is a wrong value rather than a flag.
  const isNextValue = following.length > 0 && !/^-\D/.test(following[0]);
  const value = inline ?? (isNextValue ? following.shift() : "");
  if (value) return `${flag}=${value}`;
  throw new OptionError(
    `Missing value for ${flag}: expected ${flag} ${flagOf(key).value}`,
  );
}

function unknownFlag(typed: string): OptionError {
  const near = suggest(typed, KEYS.map(flagName));
  return new OptionError(
    `Unknown flag ${typed}: ` +
      (near ? `did you mean ${near}?` : "--help lists all flags"),
  );
}

function needlessValue(typed: string, key: Key): OptionError {
  return new OptionError(
    `Cannot use "${typed}": ${flagName(key)} takes no value`,
  );
}
