/**
 * Keeps server and client out of each other's way, where that can be done.
 *
 * @module
 */

import { outputOf } from "../targets.ts";
import { isInstalled } from "../e2e/programs.ts";

/** Which side of a connection a program is on; `any` goes where it likes. */
export type Side = "server" | "client" | "any";

const canPin = Deno.build.os === "linux" &&
  navigator.hardwareConcurrency > 1 &&
  await isInstalled("taskset", "--version");

const LAST = navigator.hardwareConcurrency - 1;

const CORES: Readonly<Record<Side, string>> = {
  client: "0",
  server: `${LAST}`,
  any: `0-${LAST}`,
};

/** How programs are kept apart, for the report. */
export const PINNING: string = canPin
  ? "server and client each on a core of its own"
  : "server and client on whatever core was free";

/** Moves this program to the core of the clients. */
export async function pinSelf(): Promise<void> {
  if (!canPin) return;
  await outputOf("taskset", ["-a", "-p", "-c", CORES.client, `${Deno.pid}`]);
}

/**
 * The arguments of `/bin/sh` that run a command on the core of its side, with as
 * many open files as there may be.
 */
export function pinned(
  side: Side,
  command: readonly string[],
  redirection = "",
): string[] {
  const pin = canPin ? `taskset -c ${CORES[side]}` : "";
  const script = `ulimit -n "$(ulimit -Hn)"; exec ${pin} "$@" ${redirection}`;
  return ["-c", script, "sh", ...command];
}
