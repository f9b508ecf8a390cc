import { pause, startTimer } from "../src/timer.ts";
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

Deno.test("pause settles once the time is over", async () => {
  const order: string[] = [];
  const paused = pause(20).then(() => order.push("pause"));
  await pass(10);
  order.push("timer");
  await paused;
  assertEquals(order, ["timer", "pause"]);
});
