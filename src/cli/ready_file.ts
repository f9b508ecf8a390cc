/**
 * The ready file: tells other programs that the server is listening.
 *
 * @module
 */

import { renameSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";

/**
 * Writes the ready file. Whoever sees the file sees all of it: it is written
 * beside its place and then renamed.
 *
 * @param path where to.
 * @param urls the URLs of the listeners, with real ports.
 * @throws the error of the file system.
 */
export function writeReadyFile(path: string, urls: readonly string[]): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    const ready = { pid: process.pid, urls };
    writeFileSync(unfinished, JSON.stringify(ready) + "\n");
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Takes the ready file away, since the server is no longer ready. */
export function removeReadyFile(path: string): void {
  rmSync(path, { force: true });
}
