/**
 * What is compiled: the program, with a note of what it was made from.
 *
 * @module
 */

import { dirname, relative } from "node:path";
import { ROOT, run } from "./run.ts";
import type { Target } from "./targets.ts";

/** Where builds and what they need are kept; git ignores it. */
export const DIST: string = `${ROOT}dist`;

/** echod's version. */
export const VERSION: string =
  JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).version;

/** The commit that is built; `-dirty` is what differs from it. */
export async function commitOf(): Promise<string> {
  try {
    const commit = await run("git", ["rev-parse", "--short=12", "HEAD"]);
    const changes = await run("git", ["status", "--porcelain"]);
    return changes === "" ? commit : `${commit}-dirty`;
  } catch {
    // A source archive has no history.
    return "unknown";
  }
}

/** The name of a target's executable. */
export function executableName({ name, suffix }: Target): string {
  return `echod-${VERSION}-${name}${suffix}`;
}

/**
 * Writes the file that is compiled: `main.ts`, told what it was made from.
 *
 * @param target what it is compiled for.
 * @returns its path.
 */
export async function writeEntry(target: Target): Promise<string> {
  const path = `${DIST}/.build/${target.name}.ts`;
  const build = { target: target.name, commit: await commitOf() };
  const main = relative(dirname(path), `${ROOT}src/cli/main.ts`);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(
    path,
    `import process from "node:process";
import { main } from ${JSON.stringify(main.replaceAll("\\", "/"))};

process.exit(await main(process.argv.slice(2), ${JSON.stringify(build)}));
`,
  );
  return path;
}
