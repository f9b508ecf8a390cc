/**
 * Turns flags, variables and the configuration file into settings.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import { std } from "../std.ts";
import { asksFor, normalizeArgv } from "./argv.ts";
import {
  DEFAULT_COMMAND,
  DEFAULT_INVOCATION,
  type Invocation,
  readInvocation,
} from "./commands.ts";
import { readConfig } from "./config.ts";
import {
  flagName,
  flagOf,
  isSwitch,
  type Key,
  KEYS,
  type Settings,
  variableName,
} from "./flags.ts";

/** Where a setting's value comes from. */
export type Origin = "flag" | "variable" | "file" | "default";

/** The settings of one origin, as text and not yet read. */
export interface Layer {
  /** Where they come from. */
  readonly origin: Origin;
  /** Every setting it has, with its values. */
  readonly texts: ReadonlyMap<Key, readonly string[]>;
  /** What to call a setting of this layer in an error. */
  readonly describe: (key: Key) => string;
}

/** The outside world, as far as settings come from it. */
export interface Surroundings {
  /** An environment variable, if it is set and may be read. */
  readonly variable: (name: string) => string | undefined;
  /** The text of a file; throws an error that says what to do. */
  readonly readFile: (path: string) => string;
}

/** A command and its settings, and where each of these comes from. */
export interface Parsed {
  /** The command. */
  readonly invocation: Invocation;
  /** The value of every setting. */
  readonly settings: Settings;
  /** The origin of every setting. */
  readonly origins: Readonly<Record<Key, Origin>>;
}

/**
 * Reads command and settings: flags win over variables, those over the file.
 *
 * @param argv the command line's arguments.
 * @param surroundings where variables and files come from.
 * @returns the command, the settings and their origins.
 * @throws {OptionError} in one line that names the setting, the value and
 * what was expected.
 */
export function parse(
  argv: readonly string[],
  surroundings: Surroundings,
): Parsed {
  // Whoever asks for help has reason not to get the rest right.
  for (const key of ["help", "version"] as const) {
    if (asksFor(argv, key)) {
      return { invocation: DEFAULT_INVOCATION, ...resolve([switchLayer(key)]) };
    }
  }
  const { flags, words } = readArgv(argv);
  const invocation = readInvocation(words, [...flags.texts.keys()]);
  const isAsking = flags.texts.has("help") || flags.texts.has("version");
  if (isAsking || invocation.command !== DEFAULT_COMMAND) {
    return { invocation, ...resolve([flags]) };
  }
  const variables = variableLayer(surroundings.variable);
  const { config } = resolve([flags, variables]).settings;
  if (config === undefined) {
    return { invocation, ...resolve([flags, variables]) };
  }
  const file = readConfig(config, surroundings.readFile(config));
  return { invocation, ...resolve([flags, variables, file]) };
}

const longName = (key: Key) => flagName(key).slice(2);

function switchLayer(key: Key): Layer {
  const texts = new Map([[key, ["true"]]]);
  return { origin: "flag", texts, describe: flagName };
}

function readArgv(
  argv: readonly string[],
): { flags: Layer; words: readonly string[] } {
  const { switches, values, rest } = std.parseArgs(normalizeArgv(argv), {
    switches: KEYS.filter(isSwitch).map(longName),
    valued: KEYS.filter((key) => !isSwitch(key)).map(longName),
  });
  const texts = new Map<Key, readonly string[]>();
  for (const key of KEYS) {
    const name = longName(key);
    if (switches.includes(name)) texts.set(key, ["true"]);
    if (values[name]) texts.set(key, values[name]);
  }
  return { flags: { origin: "flag", texts, describe: flagName }, words: rest };
}

function variableLayer(variable: Surroundings["variable"]): Layer {
  const texts = new Map<Key, readonly string[]>();
  for (const key of KEYS) {
    const { commandLineOnly, repeatable, separator = "," } = flagOf(key);
    if (commandLineOnly) continue;
    const text = variable(variableName(key));
    // An empty variable is how shells and compose files say "not set".
    if (!text) continue;
    const list = repeatable
      ? text.split(separator).map((item) => item.trim())
      : [text];
    texts.set(key, list);
  }
  return { origin: "variable", texts, describe: variableName };
}

// A listener is said by URL or by port and host. The highest layer that says
// either decides, and makes the other void in the layers below it.
function settleListeners(layers: readonly Layer[]): Layer[] {
  const byHost: readonly Key[] = ["port", "host"];
  let winner: readonly Key[] | undefined;
  return layers.map((layer) => {
    const hosts = byHost.filter((key) => layer.texts.has(key));
    const urls = layer.texts.has("listen");
    if (urls && hosts.length > 0) {
      throw new OptionError(
        `Cannot use ${layer.describe(hosts[0])} together with ` +
          `${layer.describe("listen")}: write host and port into the URL`,
      );
    }
    const losers = winner === byHost ? ["listen"] : winner ? byHost : [];
    if (!winner && (urls || hosts.length > 0)) {
      winner = urls ? ["listen"] : byHost;
    }
    const texts = new Map(
      [...layer.texts].filter(([key]) => !losers.includes(key)),
    );
    return { ...layer, texts };
  });
}

function resolve(given: readonly Layer[]): Omit<Parsed, "invocation"> {
  const layers = settleListeners(given);
  const settled = KEYS.map((key) => {
    const layer = layers.find((layer) => layer.texts.has(key));
    const origin: Origin = layer?.origin ?? "default";
    return [key, { origin, value: readSetting(key, layer) }] as const;
  });
  return {
    settings: Object.fromEntries(
      settled.map(([key, { value }]) => [key, value]),
    ) as unknown as Settings,
    origins: Object.fromEntries(
      settled.map(([key, { origin }]) => [key, origin]),
    ) as Record<Key, Origin>,
  };
}

function readSetting(key: Key, layer: Layer | undefined): unknown {
  const flag = flagOf(key);
  const texts = layer?.texts.get(key) ?? [];
  const values = texts.map((text) => {
    try {
      return flag.read(text);
    } catch (error) {
      throw new OptionError(
        `Cannot use ${layer?.describe(key)} "${text}": ${errorText(error)}` +
          hint(key, layer?.origin, text),
        { cause: error },
      );
    }
  });
  if (flag.repeatable) return values;
  if (values.length > 0) return values.at(-1);
  if (flag.default !== undefined) return flag.read(flag.default);
  return isSwitch(key) ? false : undefined;
}

function hint(key: Key, origin: Origin | undefined, text: string): string {
  const isForeign = key !== "listen" && text.startsWith("tcp://");
  return origin === "variable" && isForeign
    ? " (Kubernetes sets such variables for a service of that name: " +
      "set enableServiceLinks to false)"
    : "";
}
