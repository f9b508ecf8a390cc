/**
 * How many connections a process has room for.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import type { Room } from "../net.ts";

// Descriptors left for files, the log and turning newcomers away.
const SPARE_DESCRIPTORS = 16;

/**
 * Reads the limit of open files, where the system tells it.
 *
 * @returns how many connections fit below it; `undefined` elsewhere than on
 * Linux, or where `/proc` may not be read.
 */
export function readRoom(): Room | undefined {
  const { readdirSync, readFileSync } = builtin("node:fs");
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const limit = /^Max open files +(\d+)/m.exec(limits)?.[1];
    if (limit === undefined) return undefined;
    const open = readdirSync("/proc/self/fd").length;
    const size = Math.max(Number(limit) - open - SPARE_DESCRIPTORS, 1);
    return { size, taken: 0 };
  } catch {
    return undefined;
  }
}
