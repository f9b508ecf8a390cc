/**
 * Posts whose threads do what a test says.
 *
 * @module
 */

import type { Decision } from "../../src/faults/decisions.ts";
import type { ServerRecord } from "../../src/records.ts";
import { Post } from "../../src/workers/post.ts";
import { soon } from "../server_process.ts";
import {
  type FakeThread,
  smallLedger,
  Spawner,
  startOf,
} from "./fake_thread.ts";

/** A post whose threads start at once, unless they are to do otherwise. */
export function postOf(prepare?: (thread: FakeThread, nth: number) => void) {
  const ledger = smallLedger();
  const spawner = new Spawner((thread) => {
    const nth = spawner.threads.length + 1;
    if (prepare) prepare(thread, nth);
    else queueMicrotask(() => thread.listen());
  });
  const records: ServerRecord[] = [];
  const decisions: Decision[] = [];
  const post = new Post({
    spawn: spawner.spawn,
    start: startOf(ledger),
    ledger,
    log: { write: (decision) => decisions.push(decision) },
    tell: (record) => records.push(record),
  });
  return { post, ledger, spawner, records, decisions };
}

/** The same, once its first worker is there. */
export async function filled(
  prepare?: (thread: FakeThread, nth: number) => void,
) {
  const all = postOf(prepare);
  await soon(all.post.fill(), "a worker");
  return { ...all, thread: all.spawner.threads[0] };
}

/** The first thread of a post starts at once, and the others do nothing. */
export function firstAlone(thread: FakeThread, nth: number): void {
  if (nth === 1) queueMicrotask(() => thread.listen());
}

/** Closes a post whose worker obeys. */
export async function closePost(post: Post, thread: FakeThread): Promise<void> {
  post.close();
  thread.say({ notice: "finished" });
  await soon(post.over, "the end of a post");
}
