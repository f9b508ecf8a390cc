/**
 * Executables made by Deno, whose base comes from Deno's own host.
 *
 * @module
 */

import { CommandError, run } from "./run.ts";
import { makeBuildFolder, writeEntry } from "./source.ts";
import { isWindows, type Target } from "./targets.ts";

const PERMISSIONS = [
  ...["--allow-net", "--allow-read", "--allow-write", "--allow-env"],
  // What is not in here is an error that names the flag, not a prompt.
  "--no-prompt",
  // `udp://0.0.0.0` opens a socket on each address of the machine.
  "--allow-sys=networkInterfaces",
];

// As in deno.json, which is not beside the entry: for Deno.listenDatagram.
const UNSTABLE = "--unstable-net";

/** Where Deno's base cannot be had. */
export class BaseError extends Error {
  override name = "BaseError";
}

/**
 * Makes an executable with Deno.
 *
 * @param target what for.
 * @param path where to.
 * @param icon the icon of the Windows executable.
 * @throws {BaseError} if its base cannot be downloaded.
 */
export async function compileWithDeno(
  target: Target,
  path: string,
  icon: string,
): Promise<void> {
  const folder = await makeBuildFolder();
  const entry = await writeEntry(target, folder);
  const options = [
    ...["--no-check", "--quiet", "--app-name=echod", UNSTABLE],
    ...PERMISSIONS,
    ...(isWindows(target) ? [`--icon=${icon}`] : []),
    ...[`--target=${target.deno}`, `--output=${path}`],
  ];
  try {
    await run(Deno.execPath(), ["compile", ...options, entry]);
  } catch (error) {
    const isUnreachable = error instanceof CommandError &&
      /dl\.deno\.land/.test(error.message);
    if (!isUnreachable) throw error;
    throw new BaseError(
      "Cannot compile with Deno: the base of its executables cannot be had " +
        `from dl.deno.land (${lastLine(error.message)}); ` +
        "`deno task compile:bun` takes its base from npm",
      { cause: error },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

// Deno tells the reason last, before a trace of its own.
function lastLine(message: string): string {
  const [chain] = message.split(/\n\s*Stack backtrace/);
  return chain.trim().split("\n").at(-1)!.replace(/^\s*\d+: /, "");
}
