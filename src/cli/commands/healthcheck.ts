/**
 * `echod healthcheck`: whether an echo comes back.
 *
 * @module
 */

import { ExchangeError } from "../../client/failure.ts";
import { checkHealth } from "../../client/health.ts";
import type { Runtime } from "../../host.ts";
import { clientOptions } from "../client_options.ts";
import { EXIT_CLEAN, EXIT_FAILED } from "../exit_codes.ts";
import type { Invocation } from "../parse.ts";
import { printLine } from "../print.ts";

/**
 * Checks a server, and says in one line what is so.
 *
 * @param runtime what it runs on.
 * @param invocation the server, and how.
 * @returns the exit code: 0 if it is healthy.
 */
export async function healthcheckCommand(
  runtime: Runtime,
  { command, operand: target, settings }: Invocation<"healthcheck">,
): Promise<number> {
  const { url } = target;
  const options = clientOptions(runtime, command, target, settings);
  const began = performance.now();
  try {
    await checkHealth(target, options);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    console.error(`echod: ${url} is not healthy: ${error.message}`);
    return EXIT_FAILED;
  }
  const ms = (performance.now() - began).toFixed(1);
  if (!settings.quiet) printLine(`${url} is healthy: ${ms} ms`);
  return EXIT_CLEAN;
}
