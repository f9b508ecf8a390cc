import { ReceiveQueue } from "../../src/adapters/receive_queue.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { bytesOf, inTime, textOf } from "../fake_conn.ts";

function queueOf(...chunks: string[]) {
  const queue = new ReceiveQueue();
  for (const chunk of chunks) queue.push(bytesOf(chunk));
  /** Reads up to so many bytes, as text. */
  const read = async (size = 100) => {
    const buffer = new Uint8Array(size);
    const count = await inTime(queue.read(buffer), "a read");
    return count === null ? null : textOf(buffer.subarray(0, count));
  };
  return { queue, read };
}

class Failure extends Error {}

Deno.test("ReceiveQueue reads chunk by chunk, in order", async () => {
  const { queue, read } = queueOf("abc", "de");
  assertEquals(queue.isEmpty, false);
  assertEquals(await read(), "abc");
  assertEquals(queue.isEmpty, false);
  assertEquals(await read(3), "de");
  assertEquals(queue.isEmpty, true);
});

Deno.test("ReceiveQueue keeps what does not fit into a buffer", async () => {
  const { queue, read } = queueOf("abcde", "f");
  const parts = [await read(2), await read(2)];
  assertEquals(queue.isEmpty, false);
  parts.push(await read(2), await read(2));
  assertEquals(parts, ["ab", "cd", "e", "f"]);
});

Deno.test("ReceiveQueue has a read wait for a chunk, the end or an error", async () => {
  const { queue, read } = queueOf();
  let waiting = read();
  queue.push(bytesOf("abc"));
  assertEquals(await waiting, "abc");
  waiting = read();
  queue.end();
  assertEquals(await waiting, null);
  const other = queueOf();
  waiting = other.read();
  other.queue.fail(new Failure("gone"));
  await assertRejects(() => waiting, Failure, "gone");
});

Deno.test("ReceiveQueue gives what was received before the end, then null for ever", async () => {
  const { queue, read } = queueOf("abc");
  queue.end();
  assertEquals(await read(2), "ab");
  assertEquals(await read(2), "c");
  assertEquals([await read(), await read()], [null, null]);
});

Deno.test("ReceiveQueue gives the first error before what has not been read", async () => {
  const { queue, read } = queueOf("abc");
  assertEquals(await read(1), "a");
  queue.fail(new Failure("first"));
  queue.fail(new Error("second"));
  await assertRejects(() => read(), Failure, "first");
  await assertRejects(() => read(), Failure, "first");
});

Deno.test("ReceiveQueue gives an error after the end, too", async () => {
  const { queue, read } = queueOf();
  queue.end();
  assertEquals(await read(), null);
  queue.fail(new Failure("gone"));
  await assertRejects(() => read(), Failure, "gone");
});

Deno.test("takeAll takes what waits, but for what was read of it", async () => {
  const { queue, read } = queueOf("abc", "de");
  await read(1);
  assertEquals(queue.takeAll().map(textOf), ["bc", "de"]);
  assertEquals(queue.isEmpty, true);
  assertEquals(queue.takeAll(), []);
  queue.end();
  assertEquals(await read(), null);
});

Deno.test("ReceiveQueue gives what is brought back before all others", async () => {
  const { queue, read } = queueOf("abc", "de");
  assertEquals(await read(), "abc");
  queue.unshift(bytesOf("bc"));
  assertEquals([await read(), await read()], ["bc", "de"]);
  queue.unshift(bytesOf("e"));
  queue.unshift(bytesOf("d"));
  assertEquals(queue.takeAll().map(textOf), ["d", "e"]);
});

Deno.test("ReceiveQueue brings back a part before the rest of its chunk", async () => {
  const { queue, read } = queueOf("abcde");
  assertEquals(await read(3), "abc");
  queue.unshift(bytesOf("c"));
  assertEquals([await read(), await read()], ["c", "de"]);
});

Deno.test("ReceiveQueue brings back nothing as nothing, not as an empty read", async () => {
  const { queue, read } = queueOf();
  queue.unshift(bytesOf(""));
  assertEquals(queue.isEmpty, true);
  queue.end();
  assertEquals(await read(), null);
});

Deno.test("ReceiveQueue gives what is brought back after the end", async () => {
  const { queue, read } = queueOf("abc");
  queue.end();
  assertEquals([await read(), await read()], ["abc", null]);
  queue.unshift(bytesOf("bc"));
  assertEquals([await read(), await read()], ["bc", null]);
});
