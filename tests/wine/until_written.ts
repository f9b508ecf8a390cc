/**
 * Waits for files.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { soon } from "../server_process.ts";

/** The text of a file, once it is there. */
export async function untilWritten(path: string): Promise<string> {
  const isThere = async () => {
    while (!existsSync(path)) await delay(10);
  };
  await soon(isThere(), path);
  return await Deno.readTextFile(path);
}
