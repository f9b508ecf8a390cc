/**
 * What the program's exit codes mean.
 *
 * @module
 */

import { OptionError, PermissionError } from "../errors.ts";

/** All went well. */
export const EXIT_CLEAN = 0;
/** It failed, or was stopped by force. */
export const EXIT_FAILED = 1;
/** Wrong usage. */
export const EXIT_USAGE = 2;

/** The exit code of a program that an error has ended. */
export function exitCodeOf(error: unknown): number {
  const isUsage = error instanceof OptionError ||
    error instanceof PermissionError;
  return isUsage ? EXIT_USAGE : EXIT_FAILED;
}
