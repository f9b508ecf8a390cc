import { SteadyPace } from "../../../src/client/load/pace.ts";
import { assert, assertEquals } from "../../assert.ts";

/** A pace that begins at 1000 ms, and whom it has woken. */
function paceOf(rate: number, connections: number) {
  const woken: number[] = [];
  const wake = (connection: number) => void woken.push(connection);
  const pace = new SteadyPace(rate, connections, 1000, wake);
  return { pace, woken };
}

Deno.test("messages are due one after another, each on the next connection", () => {
  const { pace, woken } = paceOf(1000, 3);
  assertEquals(pace.next(0, 0), -1);
  pace.look(999.9);
  assertEquals(woken, []);
  pace.look(1000);
  pace.look(1000.5);
  assertEquals(woken, [0]);
  pace.look(1001);
  pace.look(1002);
  pace.look(1003);
  assertEquals(woken, [0, 1, 2, 0]);
  assertEquals(pace.due, 4);
  assertEquals(pace.next(0, 2), -1);
  assertEquals(pace.next(1, 1), -1);
});

Deno.test("a message that nobody looked for in time begins with the look", () => {
  const { pace } = paceOf(1000, 1);
  pace.look(1000.7);
  assertEquals(pace.next(0, 0), 1000.7);
  // A timer's grain is nobody's fault.
  pace.look(1002.5);
  assertEquals([1, 2].map((nth) => pace.next(0, nth)), [
    1002.5,
    1002.5,
  ]);
});

Deno.test("a message that had to wait begins when it was due", () => {
  const { pace } = paceOf(1000, 1);
  for (let now = 1000; now <= 1500; now++) pace.look(now);
  // Of the last look, it is the look; of all before, when each was due.
  assertEquals(pace.next(0, 0), 1000);
  assertEquals(pace.next(0, 123), 1123);
  assertEquals(pace.next(0, 500), 1500);
});

Deno.test("time that this program itself has lost is not forgiven", () => {
  const { pace } = paceOf(1000, 1);
  pace.look(1000);
  pace.look(1050);
  assertEquals(pace.next(0, 1), 1001);
  assertEquals(pace.next(0, 50), 1050);
});

Deno.test("a backlog of any length takes no memory, and wakes each connection once", () => {
  const { pace, woken } = paceOf(1e6, 4);
  pace.look(1000 + 3_600_000);
  assertEquals(pace.due, 3_600_000_001);
  assertEquals(woken, [0, 1, 2, 3]);
  assert(pace.next(3, 800_000_000) > 1000);
});

Deno.test("a rate is kept over any time", () => {
  for (const rate of [1, 3, 333, 77_777]) {
    const { pace } = paceOf(rate, 10);
    pace.look(1000 + 60_000);
    assertEquals(pace.due, rate * 60 + 1, `${rate}`);
  }
});

Deno.test("each connection knows what is due on it by a time, looked at or not", () => {
  const { pace } = paceOf(1000, 3);
  const due = (time: number) => [0, 1, 2].map((at) => pace.dueBy(at, time));
  assertEquals(due(999), [0, 0, 0]);
  assertEquals(due(1000), [1, 0, 0]);
  assertEquals(due(1003.5), [2, 1, 1]);
  assertEquals(pace.dueAt(1, 4), 1013);
});
