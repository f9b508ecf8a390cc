/**
 * The answer to `--check`.
 *
 * @module
 */

import { formatFault } from "../faults/grammar.ts";
import { formatListenUrl } from "../listen_url.ts";
import type { Addr } from "../net.ts";
import { flagOf, KEYS } from "./flags.ts";
import { neededPermissions, permissionFlags } from "./permissions.ts";
import type { Parsed } from "./parse.ts";

/**
 * Describes what a server would do.
 *
 * @param parsed the settings and their origins.
 * @param listen where it would listen.
 * @returns one line a setting, with its origin, then where the server would
 * listen and the command with the least permissions that it needs on Deno.
 */
export function checkText(parsed: Parsed, listen: readonly Addr[]): string {
  const { settings, origins } = parsed;
  const keys = KEYS.filter((key) => !flagOf(key).commandLineOnly);
  const width = Math.max(...keys.map((key) => key.length));
  const lines = keys.map((key) => {
    const value = settings[key];
    const shown = key === "listen"
      ? settings.listen.map(formatListenUrl).join(",") || "-"
      : key === "fault"
      ? settings.fault.map(formatFault).join(";") || "-"
      : key.endsWith("Timeout") || key === "maxLifetime"
      ? `${value}ms`
      : `${value ?? "-"}`;
    return `${key.padEnd(width)}  ${shown}  (${origins[key]})`;
  });
  const flags = permissionFlags(neededPermissions(listen, parsed));
  return [
    ...lines,
    "",
    `listens on   ${listen.map(formatListenUrl).join(" ")}`,
    `permissions  deno run ${flags} main.ts`,
  ].join("\n");
}
