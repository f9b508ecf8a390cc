/**
 * The settings of a command, out of everything that may say them.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import {
  type Flag,
  type FlagTable,
  isSwitch,
  type SettingsOf,
} from "./flags/flag.ts";

/** Where a setting's value comes from. */
export type Origin = "flag" | "variable" | "file" | "default";

/** The settings of one origin, as text and not yet read. */
export interface Layer {
  /** Where they come from. */
  readonly origin: Origin;
  /** Every setting it has, with its values. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** What to call a setting of this layer in an error. */
  readonly describe: (key: string) => string;
}

/** The settings of a command. */
export interface Resolved<T extends FlagTable> {
  /** The value of every setting. */
  readonly settings: SettingsOf<T>;
  /** The origin of every setting. */
  readonly origins: { readonly [K in keyof T]: Origin };
}

/**
 * Reads the settings of a command.
 *
 * @param table the settings that it has.
 * @param layers what says them; the first that says one wins.
 * @returns the settings and their origins.
 * @throws {OptionError} that names the setting, the value and what was expected.
 */
export function resolve<T extends FlagTable>(
  table: T,
  layers: readonly Layer[],
): Resolved<T> {
  const keys = Object.keys(table) as Extract<keyof T, string>[];
  const settled = keys.map((key) => {
    const layer = layers.find((layer) => layer.texts.has(key));
    const origin: Origin = layer?.origin ?? "default";
    return [key, origin, readSetting(table[key], key, layer)] as const;
  });
  return {
    settings: Object.fromEntries(
      settled.map(([key, , value]) => [key, value]),
    ) as unknown as SettingsOf<T>,
    origins: Object.fromEntries(
      settled.map(([key, origin]) => [key, origin]),
    ) as Resolved<T>["origins"],
  };
}

function readSetting(
  flag: Flag<unknown>,
  key: string,
  layer: Layer | undefined,
): unknown {
  const texts = layer?.texts.get(key) ?? [];
  const values = texts.map((text) => {
    try {
      return flag.read(text);
    } catch (error) {
      const name = layer?.describe(key);
      const what = layer?.origin === "file"
        ? `"${text}" for ${name}`
        : `${name} "${text}"`;
      throw new OptionError(
        `Cannot use ${what}: ${errorText(error)}` +
          hint(key, layer?.origin, text),
        { cause: error },
      );
    }
  });
  if (flag.repeatable) return values;
  if (values.length > 0) return values.at(-1);
  if (flag.default !== undefined) return flag.read(flag.default);
  return isSwitch(flag) ? false : undefined;
}

function hint(key: string, origin: Origin | undefined, text: string): string {
  const isForeign = key !== "listen" && text.startsWith("tcp://");
  return origin === "variable" && isForeign
    ? " (Kubernetes sets such variables for a service of that name: " +
      "set enableServiceLinks to false)"
    : "";
}
