/**
 * Bun as a {@linkcode Runtime}.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import type { Runtime } from "../../net.ts";
import { bun } from "./api.ts";
import { listen } from "./stream.ts";

// Descriptors left for the log, the ready file and refusing newcomers.
const SPARE_DESCRIPTORS = 16;

// Out of descriptors, Bun's listener spins at full speed until one is free.
// Elsewhere than on Linux nothing tells the limit without starting a shell.
function connectionCeiling(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const limits = readFileSync("/proc/self/limits", "utf8");
  const limit = /^Max open files +(\d+)/m.exec(limits)?.[1];
  if (limit === undefined) return undefined;
  const open = readdirSync("/proc/self/fd").length;
  return Math.max(Number(limit) - open - SPARE_DESCRIPTORS, 1);
}

function writeStderr(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stderr.write(text, (error) => error ? reject(error) : resolve());
  });
}

const ceiling = connectionCeiling();

/** Bun as the server sees it. */
export const runtime: Runtime = {
  name: `bun ${bun.version}`,
  capabilities: ceiling === undefined ? {} : { connectionCeiling: ceiling },
  listen: (addr) => Promise.try(listen, addr),
  // Bun has no permissions to ask for.
  isGranted: () => true,
  writeStderr,
};
