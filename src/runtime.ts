/**
 * The one place that asks which runtime this is.
 *
 * @module
 */

import type { Runtime } from "./host.ts";

const { Bun: bun } = globalThis as { Bun?: { isMainThread: boolean } };

/** Whether the program runs on Bun, which resolves no `jsr:` import. */
export const isBun: boolean = bun !== undefined;

/** Whether this is the thread of a worker. */
export const isWorker: boolean = bun
  ? !bun.isMainThread
  : "WorkerGlobalScope" in globalThis;

/**
 * Loads the adapter of the runtime that runs this program.
 *
 * @returns the runtime.
 * @throws {Error} if neither Deno nor Bun runs this program.
 */
export async function loadRuntime(): Promise<Runtime> {
  // Bun comes first: only Bun has `Bun`, while `Deno` may be a shim elsewhere.
  if (isBun) return (await import("./adapters/bun/runtime.ts")).runtime;
  if ("Deno" in globalThis) {
    return (await import("./adapters/deno/runtime.ts")).runtime;
  }
  throw new Error("echod runs on Deno or Bun: this is neither");
}
