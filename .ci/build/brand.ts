/**
 * Gives the Windows executable echod's name and icon. Bun does that on Windows
 * alone, so it is done to the base that it compiles with.
 *
 * @module
 */

import { BUN_VERSION } from "./find_bun.ts";
import { npm, ROOT, run } from "./run.ts";
import { DIST, VERSION } from "./source.ts";
import type { Target } from "./targets.ts";

/** The icon, in the format of Windows. */
export const ICON: string = `${ROOT}.ci/build/echod.ico`;

// The one library that rewrites resources of Windows without a Windows.
const RESEDIT = "resedit@3.1.0";

/**
 * Makes the base that Bun compiles a Windows executable with.
 *
 * @param target the Windows.
 * @returns the path of the base.
 */
export async function brandedBun({ bun }: Target): Promise<string> {
  const folder = `${DIST}/.build/brand`;
  const base = `@oven/${bun}`;
  const packages = [RESEDIT, `${base}@${BUN_VERSION}`];
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/package.json`, "{}");
  // A program for another system is no mistake here, which is what --force says.
  const quietly = ["--force", "--no-save", "--ignore-scripts", "--silent"];
  await npm("install", ...quietly, `--prefix=${folder}`, ...packages);
  const path = `${folder}/bun.exe`;
  const script = `${folder}/brand.mjs`;
  await Deno.copyFile(`${ROOT}.ci/build/brand.mjs`, script);
  const args = [`${folder}/node_modules/${base}/bin/bun.exe`, ICON, VERSION];
  await run("node", [script, ...args, path]);
  return path;
}
