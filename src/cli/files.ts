/**
 * Files that settings name.
 *
 * @module
 */

import { errorCode, errorText, OptionError } from "../errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EISDIR: "it is a directory",
};

/**
 * Uses a file.
 *
 * @param purpose what for, to begin the error with, such as `read a.pem`.
 * @param use does it; its own {@linkcode OptionError} passes.
 * @returns what that gives.
 * @throws {OptionError} if the file system does not let it.
 */
export function withFile<T>(purpose: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof OptionError) throw error;
    const reason = REASONS[errorCode(error) ?? ""] ?? errorText(error);
    throw new OptionError(`Cannot ${purpose}: ${reason}`, { cause: error });
  }
}
