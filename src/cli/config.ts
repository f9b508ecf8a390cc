/**
 * The configuration file: a JSON object with the keys of the flag table.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import { checkFault, formatFault } from "../faults/grammar.ts";
import { flagOf, type Key, KEYS } from "./flags.ts";
import { isSwitch } from "./flags/flag.ts";
import { findJsonError } from "./json_error.ts";
import type { Layer } from "./settings.ts";
import { suggest } from "../suggest.ts";

// `$schema` is for editors.
const IGNORED = "$schema";

/** The keys that a configuration file may have. */
export const CONFIG_KEYS: readonly Key[] = KEYS.filter((key) =>
  !flagOf(key).commandLineOnly && key !== "config"
);

/**
 * Reads a configuration file.
 *
 * @param path what the file is called, for errors.
 * @param text what it says.
 * @returns its settings as text, so that one reader serves every origin.
 * @throws {OptionError} that names the file, the line and what was expected.
 */
export function readConfig(path: string, text: string): Layer {
  const source = text.replace(/^\uFEFF/, "");
  const where = (key: string) => `${path}:${lineOfKey(source, key)}`;
  const texts = new Map<Key, readonly string[]>();
  for (const [name, value] of Object.entries(parseObject(path, source))) {
    if (name === IGNORED) continue;
    const key = CONFIG_KEYS.find((key) => key === name);
    if (!key && KEYS.some((key) => key === name)) {
      throw new OptionError(
        `Cannot use "${name}" in ${where(name)}: it is for the command line`,
      );
    }
    if (!key) {
      const near = suggest(name, CONFIG_KEYS);
      throw new OptionError(
        `Unknown key "${name}" in ${where(name)}: ` +
          (near ? `did you mean "${near}"?` : "--help lists all settings"),
      );
    }
    texts.set(key, toTexts(key, value, where(name)));
  }
  const describe = (key: string) => `"${key}" in ${where(key)}`;
  return { origin: "file", texts, describe };
}

function parseObject(path: string, source: string): object {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    // The runtimes do not agree on whether they say where.
    const { line, found } = findJsonError(source);
    throw new OptionError(
      `Cannot parse ${path}:${line}: unexpected ${found}, expected JSON`,
      { cause: error },
    );
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value;
  }
  throw new OptionError(
    `Cannot use ${path}: expected a JSON object, such as {"port": 8080}`,
  );
}

function toTexts(key: Key, value: unknown, where: string): readonly string[] {
  const flag = flagOf(key);
  const { repeatable, value: placeholder } = flag;
  const list = repeatable && Array.isArray(value) ? value : [value];
  if (list.length === 0) {
    throw new OptionError(`Cannot use "${key}" in ${where}: the list is empty`);
  }
  return list.map((item: unknown) => {
    if (key === "fault" && typeof item === "object") {
      return toFaultText(item, where);
    }
    const fits = isSwitch(flag)
      ? typeof item === "boolean"
      : typeof item === "string" || typeof item === "number";
    if (fits) return String(item);
    const expected = isSwitch(flag)
      ? "true or false"
      : repeatable
      ? "a string or a list of strings"
      : `a string or a number (${placeholder})`;
    throw new OptionError(
      `Cannot use "${key}" in ${where}: expected ${expected}, ` +
        `not ${JSON.stringify(item)}`,
    );
  });
}

// A fault may also be the object that a program would give.
function toFaultText(item: unknown, where: string): string {
  try {
    return formatFault(checkFault(item));
  } catch (error) {
    throw new OptionError(
      `Cannot use "fault" in ${where}: ${errorText(error)}`,
      {
        cause: error,
      },
    );
  }
}

function lineOfKey(source: string, key: string): number {
  const at = source.search(
    new RegExp(`${RegExp.escape(JSON.stringify(key))}\\s*:`),
  );
  return source.slice(0, Math.max(at, 0)).split("\n").length;
}
