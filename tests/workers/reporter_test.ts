import type { ServerStats } from "../../src/metrics.ts";
import { REPORT_MS, Reporter } from "../../src/workers/reporter.ts";
import { assert, assertEquals } from "../assert.ts";
import { NO_STATS } from "../status/fake_subject.ts";

/** Somebody who reports what the test says, on timers that the test fires. */
function reporting() {
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Map<number, () => void>();
  const told: number[] = [];
  const state: { stats?: ServerStats } = { stats: NO_STATS };
  let last = 0;
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms: number) => {
      assertEquals(ms, REPORT_MS);
      timers.set(++last, run);
      return last;
    },
    clearTimeout: (timer: number) => timers.delete(timer),
  });
  const reporter = new Reporter(
    () => state.stats && { stats: state.stats },
    () => told.push(state.stats!.bytesIn),
  );
  return {
    ...{ reporter, told, timers },
    /** Has the server done so much, with so many open connections. */
    set: (bytesIn: number, open: number) => {
      state.stats = { ...NO_STATS, bytesIn, open };
    },
    unset: () => state.stats = undefined,
    /** Lets a second pass. */
    pass: () => {
      const due = [...timers];
      for (const [timer, run] of due) {
        timers.delete(timer);
        run();
      }
    },
    [Symbol.dispose]: () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    },
  };
}

Deno.test("a Reporter tells what is new, and rests when nobody is there", () => {
  using it = reporting();
  assertEquals(it.timers.size, 0);
  for (let i = 0; i < 3; i++) it.reporter.wake();
  assertEquals(it.timers.size, 1);
  it.set(10, 1);
  it.pass();
  assertEquals(it.told, [10]);
  // Bytes come without a word, as long as there is a connection.
  it.pass();
  it.pass();
  assertEquals([it.told, it.timers.size], [[10], 1]);
  it.set(20, 1);
  it.pass();
  it.set(25, 0);
  it.pass();
  it.pass();
  assertEquals([it.told, it.timers.size], [[10, 20, 25], 0]);
  it.reporter.wake();
  it.set(30, 0);
  it.pass();
  assertEquals(it.told, [10, 20, 25, 30]);
});

Deno.test("a Reporter waits for a server that is still to come, and stops with it", () => {
  using it = reporting();
  it.unset();
  it.reporter.wake();
  it.pass();
  assert(it.timers.size === 1 && it.told.length === 0);
  it.set(10, 1);
  it.pass();
  it.reporter.stop();
  it.set(20, 1);
  it.reporter.wake();
  it.pass();
  assertEquals([it.told, it.timers.size], [[10], 0]);
});
