/**
 * Bun as a {@linkcode Runtime}.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import type { Room, Runtime } from "../../net.ts";
import { bun } from "./api.ts";
import { listen } from "./stream.ts";

// Descriptors left for the log, the ready file and refusing newcomers.
const SPARE_DESCRIPTORS = 16;

// Out of descriptors, Bun's listener spins at full speed until one is free.
// Elsewhere than on Linux nothing tells the limit without starting a shell.
function findRoom(): Room | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const limit = /^Max open files +(\d+)/m.exec(limits)?.[1];
    if (limit === undefined) return undefined;
    const open = readdirSync("/proc/self/fd").length;
    const size = Math.max(Number(limit) - open - SPARE_DESCRIPTORS, 1);
    return { size, taken: 0 };
  } catch {
    // Without /proc, such as in a sandbox, nothing tells.
    return undefined;
  }
}

function writeStderr(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stderr.write(text, (error) => error ? reject(error) : resolve());
  });
}

const room = findRoom();

/** Bun as the server sees it. */
export const runtime: Runtime = {
  name: `bun ${bun.version}`,
  capabilities: { room },
  listen,
  // Bun has no permissions to ask for.
  isGranted: () => true,
  writeStderr,
};
