/**
 * Gives the Windows executable echod's name and icon. Bun does that on Windows
 * alone, so it is done to the base that it compiles with.
 *
 * @module
 */

import { basename } from "node:path";
import { exists, packagesFolder } from "./packages.ts";
import { ROOT, run } from "./run.ts";
import { DIST, hashOf, makeBuildFolder, VERSION } from "./source.ts";
import type { Target } from "./targets.ts";

/** The icon, in the format of Windows. */
export const ICON: string = `${ROOT}.ci/build/echod.ico`;

const SCRIPT = `${ROOT}.ci/build/brand.mjs`;

/**
 * Makes the base that Bun compiles a Windows executable with, once.
 *
 * @param target the Windows.
 * @returns the path of the base.
 */
export async function brandedBun({ bun }: Target): Promise<string> {
  const packages = await packagesFolder();
  const base = `${packages}/node_modules/@oven/${bun}/bin/bun.exe`;
  const hash = await hashOf(SCRIPT, ICON, `${packages}/package-lock.json`);
  const path = `${DIST}/.build/${bun}-${VERSION}-${hash}.exe`;
  if (await exists(path)) return path;
  const folder = await makeBuildFolder();
  // It finds its packages beside itself alone.
  const script = `${packages}/brand-${basename(folder)}.mjs`;
  await Deno.copyFile(SCRIPT, script);
  await run("node", [script, base, ICON, VERSION, `${folder}/bun.exe`]);
  // Nobody else's build may get one that is half written.
  await Deno.rename(`${folder}/bun.exe`, path);
  await Deno.remove(script);
  await Deno.remove(folder);
  return path;
}
