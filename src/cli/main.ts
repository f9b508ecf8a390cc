/**
 * The command line program, from arguments to exit code.
 *
 * @module
 */

import { errorText } from "../errors.ts";
import type { Runtime } from "../host.ts";
import { keepWindow, startOf } from "./by_hand.ts";
import { serveCommand } from "./commands/serve.ts";
import { EXIT_CLEAN, exitCodeOf } from "./exit_codes.ts";
import { readFileOf } from "./files.ts";
import { flagName } from "./flags.ts";
import { parse, type Parsed } from "./parse.ts";
import { printLine } from "./print.ts";
import type { Surroundings } from "./server_settings.ts";
import { helpText } from "./usage.ts";
import type { Build } from "./version.ts";

/** The program that runs. */
export interface Program {
  /** Its URL, which its threads run as well. */
  readonly url: string;
  /** What the executable was made from, if it is one. */
  readonly build?: Build;
}

/**
 * Runs one command of echod to its end.
 *
 * @param runtime what it runs on, which knows its arguments.
 * @param program what runs.
 * @returns the exit code: 0 if all went well, 1 if the command failed or was
 * stopped by force, 2 for wrong usage.
 */
export async function main(
  runtime: Runtime,
  program: Program,
): Promise<number> {
  const start = startOf(runtime);
  try {
    const parsed = parse(start.argv, surroundings(runtime));
    const { url, build } = program;
    return await run(runtime, parsed, { ...start, url, build });
  } catch (error) {
    await runtime.writeStderr(`echod: ${errorText(error)}\n`);
    await keepWindow(start, runtime.process);
    return exitCodeOf(error);
  }
}

async function run(
  runtime: Runtime,
  parsed: Parsed,
  start: ReturnType<typeof startOf> & Program,
): Promise<number> {
  switch (parsed.command) {
    case "help":
      return say(helpText(parsed.about));
    case "serve":
      return await serveCommand(runtime, parsed, start);
    // What a server does not need, it does not wait for.
    case "version": {
      const { versionText } = await import("./version.ts");
      return say(versionText(runtime, start.build));
    }
    case "completions": {
      const { completionScript } = await import("./completions/script.ts");
      return say(completionScript(parsed.operand));
    }
    case "ping": {
      const { pingCommand } = await import("./commands/ping.ts");
      return await pingCommand(runtime, parsed);
    }
    case "healthcheck": {
      const { healthcheckCommand } = await import("./commands/healthcheck.ts");
      return await healthcheckCommand(runtime, parsed);
    }
    case "bench": {
      const { benchCommand } = await import("./commands/bench.ts");
      return await benchCommand(runtime, parsed, start.url);
    }
  }
}

function say(text: string): number {
  printLine(text);
  return EXIT_CLEAN;
}

function surroundings(runtime: Runtime): Surroundings {
  return {
    variable: (name) =>
      runtime.isGranted({ kind: "env", variable: name })
        ? runtime.process.variable(name)
        : undefined,
    readFile: (path) => readFileOf(runtime, flagName("config"), path),
  };
}
