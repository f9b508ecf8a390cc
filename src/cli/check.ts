/**
 * The answer to `--check`.
 *
 * @module
 */

import { formatHost, formatListenUrl } from "../listen_url.ts";
import type { Addr } from "../net.ts";
import { flagOf, type Key, KEYS } from "./flags.ts";
import { neededPermissions, permissionFlags } from "./permissions.ts";
import type { ServerSettings } from "./server_settings.ts";

/**
 * Describes what a server would do.
 *
 * @param parsed the settings and their origins.
 * @param listen where it would listen.
 * @param program the URL of the program.
 * @returns one line a setting that has an effect, with its origin, then where the server would
 * listen and the command with the least permissions that it needs on Deno.
 */
export function checkText(
  parsed: ServerSettings,
  listen: readonly Addr[],
  program: string,
): string {
  const { settings, origins } = parsed;
  // Of port and host on one side and URLs on the other, one is of no effect.
  const idle = settings.listen.length > 0 ? ["host", "port"] : ["listen"];
  const keys = KEYS.filter((key) =>
    !flagOf(key).commandLineOnly && !idle.includes(key)
  );
  const width = Math.max(...keys.map((key) => key.length));
  const lines = keys.map((key) =>
    `${key.padEnd(width)}  ${show(key, settings[key])}  (${origins[key]})`
  );
  const flags = permissionFlags(neededPermissions(listen, parsed, program));
  return [
    ...lines,
    "",
    `listens on   ${listen.map(formatListenUrl).join(" ")}`,
    ...(settings.status
      ? [`status on    http://${formatHost(settings.status)}/`]
      : []),
    `permissions  deno run ${flags} main.ts`,
  ].join("\n");
}

function show(key: Key, value: unknown): string {
  const { show = String, separator = ",", isSecret } = flagOf(key);
  if (isSecret && value !== undefined) return "(secret)";
  if (Array.isArray(value)) return value.map(show).join(separator) || "-";
  return value === undefined ? "-" : show(value);
}
