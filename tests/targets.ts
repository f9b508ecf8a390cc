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
  readonly name: "deno" | "bun" | "executable" | "windows";
  /** What the `listening` record's `runtime` begins with. */
  readonly runtime: "deno" | "bun";
  /** The command, up to echod's own flags. */
  readonly command: readonly string[];
  /** Whether it runs in an empty folder and with an empty environment. */
  readonly isAlone?: true;
  /** What its command needs in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether Wine runs it, which is not all that Windows is. */
  readonly isWine?: true;
}

const main = fromFileUrl(new URL("../main.ts", import.meta.url));

const isWindows = Deno.build.os === "windows";

/** Declares a test. */
export type Declare = (name: string, fn: () => void | Promise<void>) => void;

/** Declares a test that is ignored unless something is so. */
export function testIf(isSo: boolean): Declare {
  return isSo ? Deno.test : Deno.test.ignore;
}

/** Whether there are signals, which a Windows does not have. */
export const HAS_SIGNALS: boolean = !isWindows;

/** Whether a target can listen on Unix sockets. */
export function hasUnix({ isWine }: Target): boolean {
  return !isWine && !isWindows;
}

/** Runs a command to its end and gives back what it printed. */
export async function outputOf(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env,
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

// Without this one, programs for Windows have no sockets.
const SYSTEM_ROOT = Deno.env.get("SystemRoot");

/** The executable, as somebody has it who has downloaded nothing else. */
export const executable: Target = {
  name: "executable",
  runtime: "bun",
  command: [await freshExecutable(hostTarget())],
  env: SYSTEM_ROOT === undefined ? {} : { SystemRoot: SYSTEM_ROOT },
  isAlone: true,
};

/** echod on each runtime, with all that its flags may need. */
export const TARGETS: readonly Target[] = [
  denoCommand("-N", "-R", "-W", "-E"),
  bunCommand,
  executable,
];
