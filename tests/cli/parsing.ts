/**
 * Parsing the command line in a world of a test's own.
 *
 * @module
 */

import type { Key } from "../../src/cli/flags.ts";
import { type Invocation, parse } from "../../src/cli/parse.ts";
import type { Surroundings } from "../../src/cli/server_settings.ts";
import { errorText, OptionError } from "../../src/errors.ts";
import { assertThrows } from "../assert.ts";

/** What the program finds besides its arguments. */
export interface World {
  /** Its environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The text of `echod.json`, the only file that there is. */
  readonly file?: string;
}

/** Where nothing is set, and no file says anything. */
export const NOWHERE: Surroundings = {
  variable: () => undefined,
  readFile: () => "",
};

/** Parses arguments that are for a server. */
export function parseServer(
  argv: readonly string[],
  surroundings = NOWHERE,
): Invocation<"serve"> {
  const parsed = parse(argv, surroundings);
  if (parsed.command === "serve") return parsed;
  throw new Error(`${argv.join(" ")}: this is ${parsed.command}`);
}

/** Parses arguments that are for a server. */
export function read(argv: readonly string[], { variables, file }: World = {}) {
  return parseServer(argv, {
    variable: (name) => variables?.[name],
    readFile: (path) => {
      if (path === "echod.json" && file !== undefined) return file;
      throw new OptionError(`Cannot read ${path}: there is no such file`);
    },
  });
}

/** Expects that arguments are refused, with such a message. */
export function refuses(
  argv: readonly string[],
  message: string,
  world?: World,
) {
  assertThrows(() => read(argv, world), OptionError, message, argv.join(" "));
}

/** The error that arguments lead to. */
export function errorOf(argv: readonly string[], world?: World): string {
  try {
    read(argv, world);
    return "no error";
  } catch (error) {
    return errorText(error);
  }
}

/** A setting and where it comes from. */
export function told(
  { settings, origins }: Invocation<"serve">,
  key: Key,
) {
  return [settings[key], origins[key]];
}
