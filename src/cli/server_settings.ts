/**
 * The settings of a server, out of flags, variables and the configuration file.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import { readConfig } from "./config.ts";
import { flagOf, FLAGS, type Key, KEYS } from "./flags.ts";
import { variableName } from "./flags/flag.ts";
import { type Layer, resolve, type Resolved } from "./settings.ts";

/** The outside world, as far as settings come from it. */
export interface Surroundings {
  /** An environment variable, if it is set and may be read. */
  readonly variable: (name: string) => string | undefined;
  /** The text of a file; throws an error that says what to do. */
  readonly readFile: (path: string) => string;
}

/** The settings of a server, and where each of them comes from. */
export type ServerSettings = Resolved<typeof FLAGS>;

/**
 * Reads the settings of a server: flags win over variables, those over the file.
 *
 * @param flags what the command line says.
 * @param surroundings where variables and files come from.
 * @returns the settings and their origins.
 * @throws {OptionError} in one line that names the setting, the value and
 * what was expected.
 */
export function serverSettings(
  flags: Layer,
  { variable, readFile }: Surroundings,
): ServerSettings {
  const given = [flags, variableLayer(variable)];
  const { config } = resolveAll(given).settings;
  return config === undefined
    ? resolveAll(given)
    : resolveAll([...given, readConfig(config, readFile(config))]);
}

function resolveAll(layers: readonly Layer[]): ServerSettings {
  return resolve(FLAGS, settleListeners(layers));
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
  const byHost: readonly string[] = ["port", "host"];
  let winner: readonly string[] | undefined;
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
