/**
 * Packages of npm that a build needs and echod does not.
 *
 * @module
 */

import { npm } from "./run.ts";
import { makeBuildFolder } from "./source.ts";

/**
 * Installs packages into a folder of their own.
 *
 * @param packages their names and versions.
 * @returns the folder, which the caller removes.
 */
export async function installPackages(
  packages: readonly string[],
): Promise<string> {
  const folder = await makeBuildFolder();
  await Deno.writeTextFile(`${folder}/package.json`, "{}");
  // A program for another system is no mistake here, which is what --force says.
  const quietly = ["--force", "--no-save", "--ignore-scripts", "--silent"];
  await npm("install", ...quietly, `--prefix=${folder}`, ...packages);
  return folder;
}
