/**
 * Runs the programs that a build needs.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The top of the repository. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

// On Windows npm is a script, which only a shell finds by this name.
const NPM = Deno.build.os === "windows" ? "npm.cmd" : "npm";

/** A program that did not do what was asked. */
export class CommandError extends Error {
  override name = "CommandError";
}

/**
 * Runs a program to its end.
 *
 * @param command the program.
 * @param args its arguments.
 * @returns what it printed, without the white space around it.
 * @throws {CommandError} with what it complained of, if it fails.
 */
export async function run(
  command: string,
  args: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout).trim();
  const complaint = decoder.decode(stderr).trim() || decoder.decode(stdout);
  throw new CommandError(`${command} ${args[0]}: ${complaint.trim()}`);
}

/** Runs npm to its end; see {@linkcode run}. */
export async function npm(...args: readonly string[]): Promise<string> {
  return await run(NPM, args);
}
