/**
 * Packages of npm that a build needs and echod does not.
 *
 * @module
 */

import { npm, ROOT } from "./run.ts";
import { DIST, hashOf, makeBuildFolder } from "./source.ts";

const FILES = ["package.json", "package-lock.json"];

let folder: Promise<string> | undefined;

/**
 * Installs what `package-lock.json` says, if that was not done before.
 *
 * @returns the folder that has `node_modules`.
 */
export function packagesFolder(): Promise<string> {
  return folder ??= install();
}

async function install(): Promise<string> {
  const sources = FILES.map((name) => `${ROOT}.ci/build/${name}`);
  const path = `${DIST}/.build/packages-${await hashOf(...sources)}`;
  if (await exists(path)) return path;
  const made = await makeBuildFolder();
  for (const [at, name] of FILES.entries()) {
    await Deno.copyFile(sources[at], `${made}/${name}`);
  }
  // A program for another system is no mistake here, which is what --force says.
  const quietly = ["--force", "--ignore-scripts", "--silent"];
  await npm("ci", ...quietly, `--prefix=${made}`);
  try {
    await Deno.rename(made, path);
  } catch (error) {
    // Another build was faster.
    if (!await exists(path)) throw error;
    await Deno.remove(made, { recursive: true });
  }
  return path;
}

/** Whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
