/**
 * What `--version` says.
 *
 * @module
 */

import process from "node:process";
import meta from "../../deno.json" with { type: "json" };
import type { Runtime } from "../host.ts";

/** What an executable was made from. */
export interface Build {
  /** The system that it is for, such as `windows-x64`. */
  readonly target: string;
  /** The commit, with `-dirty` if files differed from it. */
  readonly commit: string;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  win32: "windows",
  darwin: "macos",
};

/**
 * The text of `--version`: a line each for echod, runtime, target and commit.
 *
 * @param runtime what runs the program.
 * @param build what the executable was made from; without it, the program runs
 * from its source.
 */
export function versionText(
  { name, platform }: Pick<Runtime, "name" | "platform">,
  build?: Build,
): string {
  const system = `${SYSTEMS[platform] ?? platform}-${process.arch}`;
  return [
    `echod ${meta.version}`,
    `runtime: ${name}`,
    `target: ${build?.target ?? system}`,
    `commit: ${build?.commit ?? "unknown, run from source"}`,
  ].join("\n");
}
