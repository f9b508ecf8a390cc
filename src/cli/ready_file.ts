/**
 * The ready file: tells other programs that the server is listening.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { withFile } from "./files.ts";
import { flagName } from "./flags.ts";

/**
 * Finds out whether a ready file can be written, as far as a look tells: of
 * what is there, only a ready file and an empty file are replaced.
 *
 * @param path where to.
 * @throws {OptionError} if there is no such directory, or something else is
 * there.
 */
export function checkReadyFile(path: string): void {
  withFile(`write ${flagName("readyFile")} ${path}`, () => {
    const { statSync } = builtin("node:fs");
    const directory = builtin("node:path").dirname(path);
    if (!statSync(directory, { throwIfNoEntry: false })) {
      throw new TypeError(`there is no directory ${directory}`);
    }
    const found = statSync(path, { throwIfNoEntry: false });
    // Who starts this as root must not lose a device to it.
    if (found?.isFile() === false) {
      throw new TypeError(
        "expected a file or a new name: it is replaced, and removed at the end",
      );
    }
    if (found && found.size > 0 && !isReadyFile(path, found.size)) {
      throw new TypeError(
        "there is a file that is no ready file, and it stays; choose another " +
          "path, or remove it",
      );
    }
  });
}

/**
 * Writes the ready file. Whoever sees the file sees all of it: it is written
 * beside its place and then renamed.
 *
 * @param path where to.
 * @param urls the URLs of the listeners, with real ports.
 * @param status the URL of the status server, if there is one.
 * @throws {OptionError} if the file system does not let it, or for what
 * `checkReadyFile` finds.
 */
export function writeReadyFile(
  path: string,
  urls: readonly string[],
  status?: string,
): void {
  const { pid } = builtin("node:process");
  const { renameSync, writeFileSync } = builtin("node:fs");
  const unfinished = `${path}.${pid}.tmp`;
  checkReadyFile(path);
  try {
    withFile(`write ${flagName("readyFile")} ${path}`, () => {
      const ready = { pid, urls, status };
      writeFileSync(unfinished, JSON.stringify(ready) + "\n");
      renameSync(unfinished, path);
    });
  } catch (error) {
    removeUnfinished(unfinished);
    throw error;
  }
}

// One with as many listeners as a system has room for is far smaller.
const LARGEST_FILE = 16 * 1024 * 1024;

function isReadyFile(path: string, size: number): boolean {
  if (size > LARGEST_FILE) return false;
  try {
    const text = builtin("node:fs").readFileSync(path, "utf8");
    const { pid, urls } = JSON.parse(text);
    return Number.isInteger(pid) && Array.isArray(urls);
  } catch {
    // It is no JSON, or not for this program to read.
    return false;
  }
}

function removeUnfinished(path: string): void {
  try {
    builtin("node:fs").rmSync(path, { force: true });
  } catch {
    // Nothing more can be done; why it was not written is what is told.
  }
}

/**
 * Takes the ready file away, since the server is no longer ready; leaves that
 * of another server, which has written it since.
 */
export function removeReadyFile(path: string): void {
  const { readFileSync, rmSync } = builtin("node:fs");
  try {
    const { pid } = JSON.parse(readFileSync(path, "utf8"));
    if (pid === builtin("node:process").pid) rmSync(path);
  } catch {
    // Somebody has taken or changed it: it is theirs now.
  }
}
