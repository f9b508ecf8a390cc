/**
 * The programs that the suites run: echod on each runtime.
 *
 * @module
 */

import { fromFileUrl } from "./paths.ts";

/** The Bun that tests fetch where none is installed. */
const BUN_VERSION = "1.4.5";

/** One way to run echod. */
export interface Target {
  /** What the `listening` record's `runtime` begins with. */
  readonly name: "deno" | "bun";
  /** The command, up to echod's own flags. */
  readonly command: readonly string[];
}

const main = fromFileUrl(new URL("../main.ts", import.meta.url));

/** Runs a command to its end and gives back what it printed. */
export async function outputOf(
  command: string,
  args: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout).trim();
  throw new Error(`${command} ${args.join(" ")}: ${decoder.decode(stderr)}`);
}

async function findBun(): Promise<string> {
  const tellPath = ["-e", "console.log(process.execPath)"];
  try {
    return await outputOf("bun", tellPath);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const exec = ["exec", "--yes", `--package=bun@${BUN_VERSION}`, "--", "bun"];
    return await outputOf("npm", [...exec, ...tellPath]);
  }
}

/** The command that runs a script on Deno with the permissions given. */
export function denoCommand(...permissions: readonly string[]): Target {
  const command = [Deno.execPath(), "run", ...permissions, main];
  return { name: "deno", command };
}

/** The command that runs it on Bun. */
export const bunCommand: Target = {
  name: "bun",
  command: [await findBun(), main],
};

/** echod on each runtime, with all that its flags may need. */
export const TARGETS: readonly Target[] = [
  denoCommand("-N", "-R", "-W", "-E"),
  bunCommand,
];
