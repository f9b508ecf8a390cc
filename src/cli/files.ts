/**
 * Files that settings name.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { errorCode, errorText, OptionError } from "../errors.ts";
import type { Runtime } from "../host.ts";
import { requirePermissions } from "./permissions.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EISDIR: "it is a directory",
};

/**
 * Uses a file.
 *
 * @param purpose what for, to begin the error with, such as `read --cert a.pem`.
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

/**
 * Reads a file that a flag names.
 *
 * @param runtime whose permissions are asked for.
 * @param flag the flag, such as `--cert`.
 * @param path the file.
 * @returns its text.
 * @throws {OptionError} if the file system does not let it.
 * @throws {PermissionError} if Deno may not.
 */
export function readFileOf(
  runtime: Runtime,
  flag: string,
  path: string,
): string {
  const purpose = `read ${flag} ${path}`;
  requirePermissions(runtime, [{ kind: "read", path }], purpose);
  const { readFileSync } = builtin("node:fs");
  return withFile(purpose, () => readFileSync(path, "utf8"));
}
