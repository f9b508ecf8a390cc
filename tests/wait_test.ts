import { describeBytes, WaitError, waitUntil } from "../src/wait.ts";
import { assert, assertEquals, assertRejects } from "./assert.ts";
import { bytesOf } from "./fake_conn.ts";

/** Something to wait for. */
function subject() {
  const watchers = new Set<() => void>();
  const state = { value: 0, hopeless: false };
  const wait = (wanted: number, timeoutMs?: number) =>
    waitUntil(() => state.value >= wanted, {
      timeoutMs,
      watch: (check) => {
        watchers.add(check);
        return () => watchers.delete(check);
      },
      isHopeless: () => state.hopeless,
      describe: () => `${wanted}, but it is ${state.value}`,
    });
  const change = (value: number, hopeless = false) => {
    Object.assign(state, { value, hopeless });
    for (const watcher of watchers) watcher();
  };
  return { wait, change, watchers };
}

Deno.test("waitUntil is over at once if it is so already", async () => {
  const { wait, change, watchers } = subject();
  change(5, true);
  // What is so is not hopeless.
  await wait(5);
  assertEquals(watchers.size, 0);
});

Deno.test("waitUntil is over with the change that makes it so", async () => {
  const { wait, change, watchers } = subject();
  let isOver = false;
  const waiting = wait(2).then(() => isOver = true);
  assertEquals(watchers.size, 1);
  change(1);
  await Promise.resolve();
  assertEquals(isOver, false);
  change(2);
  await waiting;
  assertEquals(watchers.size, 0);
});

Deno.test("waitUntil says after its time what there was instead", async () => {
  const { wait, change, watchers } = subject();
  const startedAt = performance.now();
  const waiting = assertRejects(
    () => wait(2, 20),
    WaitError,
    "Waited 20 ms for 2, but it is 1",
  );
  change(1);
  await waiting;
  assert(performance.now() - startedAt >= 19);
  assertEquals(watchers.size, 0);
});

Deno.test("waitUntil gives up as soon as it can no longer be", async () => {
  const { wait, change, watchers } = subject();
  const expected = "Waited for 2, but it is 1";
  const waiting = assertRejects(() => wait(2, 60_000), WaitError, expected);
  change(1, true);
  await waiting;
  await assertRejects(() => wait(2, 60_000), WaitError, expected);
  assertEquals(watchers.size, 0);
});

Deno.test("waitUntil may wait for ever", async () => {
  const { wait, change } = subject();
  const waiting = wait(1, Infinity);
  // A timer of that time would be over by then.
  await new Promise((resolve) => setTimeout(resolve, 5));
  change(1);
  await waiting;
});

Deno.test("WaitError has its own name", () => {
  assertEquals(new WaitError("x").name, "WaitError");
});

Deno.test("describeBytes tells the number and the first 64 bytes", () => {
  assertEquals(describeBytes(bytesOf("")), '0 bytes ""');
  assertEquals(describeBytes(bytesOf('a"\n')), '3 bytes "a\\"\\n"');
  const text = "x".repeat(64);
  assertEquals(describeBytes(bytesOf(text)), `64 bytes "${text}"`);
  assertEquals(describeBytes(bytesOf(`${text}y`)), `65 bytes "${text}"...`);
});
