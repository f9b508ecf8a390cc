/**
 * The threads of `echod bench`.
 *
 * @module
 */

import type { LoadPart, LoadPlan } from "../client/load/plan.ts";
import { type LoadThread, ThreadPart } from "../client/load/thread.ts";

/**
 * Starts a thread that does a part of a load.
 *
 * @param program the URL of the program, which its threads run as well.
 * @param plan what the thread is to do.
 */
export function threadPart(program: string, plan: LoadPlan): LoadPart {
  const thread = new Worker(program, { type: "module" });
  return new ThreadPart(thread as LoadThread, plan);
}
