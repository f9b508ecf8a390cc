/**
 * What a thread of the program does: a server's work, or a part of a load.
 *
 * @module
 */

import { type LoadScope, playOrders } from "../client/load/thread.ts";
import { loadRuntime } from "../runtime.ts";
import { work } from "../workers/worker.ts";

/** Takes orders until the thread is ended. */
export async function runThread(): Promise<void> {
  const scope = globalThis as unknown as LoadScope;
  playOrders(await loadRuntime(), scope);
  // It tells the program that the thread listens; orders of others it ignores.
  await work();
}
