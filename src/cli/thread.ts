/**
 * What a thread of the program does: a server's work, or a part of a load.
 *
 * @module
 */

import {
  type LoadOrder,
  type LoadScope,
  playOrders,
} from "../client/load/thread.ts";
import { loadRuntime } from "../runtime.ts";
import type { Notice, Order } from "../workers/messages.ts";
import { takeOrders } from "../workers/worker.ts";

/** The thread, as its own program sees it. */
interface Scope {
  postMessage: LoadScope["postMessage"] & ((notice: Notice) => void);
  addEventListener(
    type: "message",
    listener: (event: MessageEvent<Order | LoadOrder>) => void,
  ): void;
}

/** Takes orders until the thread is ended. */
export async function runThread(): Promise<void> {
  const scope = globalThis as unknown as Scope;
  const runtime = await loadRuntime();
  const take = takeOrders(runtime);
  let play: Parameters<LoadScope["addEventListener"]>[1];
  playOrders(runtime, {
    postMessage: (notice) => scope.postMessage(notice),
    addEventListener: (_, listener) => play = listener,
  });
  scope.addEventListener("message", (event) => {
    if ("load" in event.data) play(event as MessageEvent<LoadOrder>);
    else take(event.data);
  });
  // What comes before somebody listens is lost.
  scope.postMessage({ notice: "ready" });
}
