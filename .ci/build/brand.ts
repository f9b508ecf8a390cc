/**
 * Gives the Windows executable echod's name and icon. Bun does that on Windows
 * alone, so it is done to the base that it compiles with.
 *
 * @module
 */

import { BUN_VERSION } from "./find_bun.ts";
import { installPackages } from "./packages.ts";
import { ROOT, run } from "./run.ts";
import { DIST, VERSION } from "./source.ts";
import type { Target } from "./targets.ts";

/** The icon, in the format of Windows. */
export const ICON: string = `${ROOT}.ci/build/echod.ico`;

// The one library that rewrites resources of Windows without a Windows.
const RESEDIT = "resedit@3.1.0";

/**
 * Makes the base that Bun compiles a Windows executable with, once.
 *
 * @param target the Windows.
 * @returns the path of the base.
 */
export async function brandedBun({ bun }: Target): Promise<string> {
  const path = `${DIST}/.build/${bun}-${BUN_VERSION}-${VERSION}.exe`;
  if (await isNewer(path, ICON)) return path;
  const base = `@oven/${bun}`;
  const packages = [RESEDIT, `${base}@${BUN_VERSION}`];
  // Nobody else's build may get one that is half written.
  const folder = await installPackages(packages);
  const script = `${folder}/brand.mjs`;
  await Deno.copyFile(`${ROOT}.ci/build/brand.mjs`, script);
  const args = [`${folder}/node_modules/${base}/bin/bun.exe`, ICON, VERSION];
  await run("node", [script, ...args, `${folder}/bun.exe`]);
  await Deno.rename(`${folder}/bun.exe`, path);
  await Deno.remove(folder, { recursive: true });
  return path;
}

async function isNewer(path: string, than: string): Promise<boolean> {
  try {
    const [made, source] = await Promise.all([path, than].map(Deno.stat));
    return Number(made.mtime) > Number(source.mtime);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
