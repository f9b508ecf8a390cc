import { Pauses, startTimer } from "../src/timer.ts";
import { assert, assertEquals } from "./assert.ts";

/** Waits for a timer that was started after another one of that time. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => startTimer(ms, resolve));
}

Deno.test("startTimer calls back once the time is over", async () => {
  const startedAt = performance.now();
  await pass(20);
  // A timer may fire up to a millisecond early.
  assert(performance.now() - startedAt >= 19);
});

Deno.test("startTimer does not call back once it is cancelled", async () => {
  let calls = 0;
  const cancel = startTimer(5, () => calls++);
  cancel();
  cancel();
  await pass(10);
  assertEquals(calls, 0);
});

Deno.test("startTimer never calls back after more than a timer can hold", async () => {
  let calls = 0;
  for (const ms of [2 ** 31, 1e12, Infinity]) {
    startTimer(ms, () => calls++)();
    startTimer(ms, () => calls++);
  }
  await pass(10);
  assertEquals(calls, 0);
});

Deno.test("a pause settles once the time is over", async () => {
  const order: string[] = [];
  const paused = new Pauses().pause(20).then(() => order.push("pause"));
  await pass(10);
  order.push("timer");
  await paused;
  assertEquals(order, ["timer", "pause"]);
});

Deno.test("Pauses end all at once, and leave no timer behind", async () => {
  const pauses = new Pauses();
  // The last has no timer at all; a timer that is left over fails the test.
  const waits = [60_000, 120_000, Infinity].map((ms) => pauses.pause(ms));
  pauses.end();
  await Promise.all(waits);
});

Deno.test("Pauses may begin again after an end, which ended nothing of others", async () => {
  const [ended, others] = [new Pauses(), new Pauses()];
  ended.end();
  const order: string[] = [];
  const first = ended.pause(60_000).then(() => order.push("first"));
  const other = others.pause(60_000).then(() => order.push("other"));
  ended.end();
  await first;
  const second = ended.pause(60_000).then(() => order.push("second"));
  await pass(1);
  assertEquals(order, ["first"]);
  others.end();
  await other;
  ended.end();
  await second;
  assertEquals(order, ["first", "other", "second"]);
});
