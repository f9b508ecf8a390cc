/**
 * echod's executable, as users get it.
 *
 * @module
 */

import { compileWithBun } from "../.ci/build/bun.ts";
import { DIST, executableName } from "../.ci/build/source.ts";
import type { Target } from "../.ci/build/targets.ts";
import { repositoryPath } from "./paths.ts";

const SOURCES = ["deno.json", "src", ".ci/build"].map(repositoryPath);

function lastChange(path: string): number {
  const { mtime, isDirectory } = Deno.statSync(path);
  const own = mtime?.getTime() ?? 0;
  if (!isDirectory) return own;
  const names = [...Deno.readDirSync(path)].map(({ name }) => name);
  return Math.max(own, ...names.map((name) => lastChange(`${path}/${name}`)));
}

function isFresh(path: string): boolean {
  try {
    return lastChange(path) > Math.max(...SOURCES.map(lastChange));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * The executable for a system, made anew if its sources have changed.
 *
 * @param target the system.
 * @returns its path.
 */
export async function freshExecutable(target: Target): Promise<string> {
  const folder = `${DIST}/test`;
  const path = `${folder}/${executableName(target)}`;
  if (isFresh(path)) return path;
  await Deno.mkdir(folder, { recursive: true });
  // Nobody may start one that is half written.
  const made = await Deno.makeTempDir({ dir: folder });
  await compileWithBun(target, `${made}/${executableName(target)}`);
  await Deno.rename(`${made}/${executableName(target)}`, path);
  await Deno.remove(made);
  return path;
}
