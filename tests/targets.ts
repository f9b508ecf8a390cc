/**
 * The programs that the suites run: echod on each runtime.
 *
 * @module
 */

import { findBun } from "../.ci/build/find_bun.ts";
import { hostTarget } from "../.ci/build/targets.ts";
import { freshExecutable } from "./executable.ts";
import { fromFileUrl } from "./paths.ts";

/** One way to run echod. */
export interface Target {
  /** What tests call it. */
  readonly name: "deno" | "bun" | "executable";
  /** What the `listening` record's `runtime` begins with. */
  readonly runtime: "deno" | "bun";
  /** The command, up to echod's own flags. */
  readonly command: readonly string[];
  /** Whether it runs in an empty folder and with an empty environment. */
  readonly isAlone?: true;
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

/** The command that runs a script on Deno with the permissions given. */
export function denoCommand(...permissions: readonly string[]): Target {
  const command = [Deno.execPath(), "run", ...permissions, main];
  return { name: "deno", runtime: "deno", command };
}

/** The command that runs it on Bun. */
export const bunCommand: Target = {
  name: "bun",
  runtime: "bun",
  command: [await findBun(), main],
};

/** The executable, as somebody has it who has downloaded nothing else. */
export const executable: Target = {
  name: "executable",
  runtime: "bun",
  command: [await freshExecutable(hostTarget())],
  isAlone: true,
};

/** echod on each runtime, with all that its flags may need. */
export const TARGETS: readonly Target[] = [
  denoCommand("-N", "-R", "-W", "-E"),
  bunCommand,
  executable,
];
