/**
 * echod on every runtime, and its executable for Windows under Wine: what the
 * core of the suites runs on.
 *
 * @module
 */

import { targetNamed } from "../../.ci/build/targets.ts";
import { freshExecutable } from "../executable.ts";
import { type HttpStack, httpStacksOf } from "../http_stack.ts";
import { executable, type Target, TARGETS } from "../targets.ts";
import { type Stack, STACKS, stacksOf } from "../transports.ts";
import { hasWine, startWine, WINE } from "./prefix.ts";

async function underWine(): Promise<readonly Target[]> {
  if (!await hasWine()) return [];
  return [{
    name: "windows",
    runtime: "bun",
    command: [WINE, await freshExecutable(targetNamed("windows-x64"))],
    env: await startWine(),
    isAlone: true,
    isWine: true,
  }];
}

// A Windows needs no Wine: there, the executable is this one anyway.
const isWindows = Deno.build.os === "windows";
const WINE_TARGETS = isWindows ? [] : await underWine();

/** The executable for Windows, if it can run here. */
export const WINDOWS: readonly Target[] = isWindows
  ? [executable]
  : WINE_TARGETS;

/** Every target. */
export const CORE_TARGETS: readonly Target[] = [...TARGETS, ...WINE_TARGETS];

/** Every target on every transport, but of Wine on TCP alone, to save time. */
export const CORE_STACKS: readonly Stack[] = [
  ...STACKS,
  ...stacksOf(WINE_TARGETS, "tcp"),
];

/** Every target on HTTP. */
export const CORE_HTTP: readonly HttpStack[] = httpStacksOf(
  CORE_TARGETS,
  "http",
);

/** Every target on HTTP and HTTPS. */
export const CORE_HTTP_AND_HTTPS: readonly HttpStack[] = httpStacksOf(
  CORE_TARGETS,
  "http",
  "https",
);

/** Every target on those transports of these names that it has. */
export function coreStacksOn(
  ...names: readonly Stack["transport"]["name"][]
): readonly Stack[] {
  return stacksOf(CORE_TARGETS, ...names);
}
