/**
 * The one place that asks which runtime this is.
 *
 * @module
 */

import { isMainThread } from "node:worker_threads";
import type { Runtime } from "./host.ts";

/** Whether the program runs on Bun, which resolves no `jsr:` import. */
export const isBun: boolean = "Bun" in globalThis;

/**
 * Whether this is the thread of a worker. On Deno, `isMainThread` is true
 * there; on Bun, the scope has another name.
 */
export const isWorker: boolean = !isMainThread ||
  "WorkerGlobalScope" in globalThis;

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
