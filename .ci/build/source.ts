/**
 * What is compiled: the program, with a note of what it was made from.
 *
 * @module
 */

import { relative } from "node:path";
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

/** Names files by what is in them: the first digits of their SHA-256. */
export async function hashOf(...paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(paths.map((path) => Deno.readFile(path)));
  const all = new Uint8Array(await new Blob(parts).arrayBuffer());
  return (await sha256(all)).slice(0, 16);
}

/** The SHA-256 of some bytes, in hexadecimal digits. */
export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", data);
  return new Uint8Array(digest).toHex();
}

/** Makes a folder for one build, since others may build at the same time. */
export async function makeBuildFolder(): Promise<string> {
  const dir = `${DIST}/.build`;
  await Deno.mkdir(dir, { recursive: true });
  return await Deno.makeTempDir({ dir });
}

/**
 * Writes the file that is compiled: `main.ts`, told what it was made from.
 *
 * @param target what it is compiled for.
 * @param folder where to.
 * @returns its path.
 */
export async function writeEntry(
  target: Target,
  folder: string,
): Promise<string> {
  const path = `${folder}/${target.name}.ts`;
  const build = { target: target.name, commit: await commitOf() };
  const source = relative(folder, `${ROOT}src`).replaceAll("\\", "/");
  await Deno.writeTextFile(
    path,
    `import { main } from "${source}/cli/main.ts";
import { isWorker, loadRuntime } from "${source}/runtime.ts";

const program = { url: import.meta.url, build: ${JSON.stringify(build)} };
if (isWorker) {
  const { runThread } = await import("${source}/cli/thread.ts");
  await runThread();
} else {
  const runtime = await loadRuntime();
  runtime.process.exit(await main(runtime, program));
}
`,
  );
  return path;
}
