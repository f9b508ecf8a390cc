/**
 * The Bun that executables are made of.
 *
 * @module
 */

import { npm, run } from "./run.ts";

/** The version that executables are made of, and that tests fetch. */
export const BUN_VERSION = "1.4.5";

const TELL_PATH = ["-p", "process.execPath"] as const;

/** The path of Bun: the one that is installed if its version fits, or npm's. */
export async function findBun(): Promise<string> {
  const installed = await run("bun", ["--version"]).catch(() => undefined);
  if (installed === BUN_VERSION) return await run("bun", TELL_PATH);
  const exec = ["exec", "--yes", `--package=bun@${BUN_VERSION}`, "--", "bun"];
  return await npm(...exec, ...TELL_PATH);
}
