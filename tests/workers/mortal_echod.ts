/**
 * echod, whose workers say in their records who they are, and die of a client
 * that asks for it: what each length of all that it has sent does is below.
 *
 * @module
 */

import { main } from "../../src/cli/main.ts";
import { isWorker, loadRuntime } from "../../src/runtime.ts";
import type { Notice, Order } from "../../src/workers/messages.ts";
import { work } from "../../src/workers/worker.ts";
import { DEADLY } from "./deadly.ts";

const scope = globalThis as unknown as {
  postMessage(notice: Notice): void;
  addEventListener(
    type: "message",
    listener: (event: MessageEvent<Order>) => void,
  ): void;
};

/** Lets the thread die, after what it has just said. */
function die(how: keyof typeof DEADLY): void {
  const reason = new Error(`${how} on purpose`);
  setTimeout(() => {
    if (how === "throw") throw reason;
    if (how === "reject") Promise.reject(reason);
    // Nothing is answered any more.
    if (how === "hang") { for (;;); }
  });
}

function mark(): void {
  const postMessage = scope.postMessage.bind(globalThis);
  let worker: number | undefined;
  scope.addEventListener("message", ({ data }) => {
    if (data.order === "start") worker = data.start.member;
  });
  scope.postMessage = (notice) => {
    if (notice.notice !== "record") return postMessage(notice);
    const { record } = notice;
    const marked = { ...record, worker };
    postMessage({ ...notice, record: marked });
    if (record.event !== "disconnect") return;
    const ways = Object.keys(DEADLY) as (keyof typeof DEADLY)[];
    const how = ways.find((way) => DEADLY[way] === record.bytesIn);
    if (how) die(how);
  };
}

if (isWorker) {
  mark();
  await work();
} else {
  const runtime = await loadRuntime();
  runtime.process.exit(await main(runtime, import.meta));
}
