/**
 * Executables made by Bun, whose base comes from npm.
 *
 * @module
 */

import { brandedBun } from "./brand.ts";
import { findBun } from "./find_bun.ts";
import { run } from "./run.ts";
import { makeBuildFolder, writeEntry } from "./source.ts";
import { isWindows, type Target } from "./targets.ts";

// Bytecode halves the time to the first echo, at the cost of 3 MB.
const OPTIONS = [
  ...["--compile", "--format=esm", "--minify", "--bytecode"],
  // On npm, that scope is somebody else's.
  "--external=@std/*",
  // What an executable does must not depend on the folder it is started in.
  ...["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"],
];

/**
 * Makes an executable with Bun.
 *
 * @param target what for.
 * @param path where to.
 */
export async function compileWithBun(
  target: Target,
  path: string,
): Promise<void> {
  const base = isWindows(target)
    ? [`--compile-executable-path=${await brandedBun(target)}`]
    : [];
  const folder = await makeBuildFolder();
  const entry = await writeEntry(target, folder);
  const where = [`--target=${target.bun}`, `--outfile=${path}`, ...base];
  try {
    await run(await findBun(), ["build", ...OPTIONS, ...where, entry]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
