import { Signal } from "../src/signal.ts";
import { assertEquals } from "./assert.ts";

Deno.test("Signal tells all who wait of the next change, and nobody of the last", async () => {
  const signal = new Signal();
  const told: string[] = [];
  signal.notify();
  const first = signal.changed.then(() => told.push("first"));
  const second = signal.changed.then(() => told.push("second"));
  await Promise.resolve();
  assertEquals(told, []);
  signal.notify();
  await Promise.all([first, second]);
  assertEquals(told, ["first", "second"]);
});

Deno.test("Signal has a change of its own for whoever waits after one", async () => {
  const signal = new Signal();
  const before = signal.changed;
  signal.notify();
  let isTold = false;
  const after = signal.changed.then(() => isTold = true);
  await before;
  assertEquals(isTold, false);
  signal.notify();
  await after;
  assertEquals(isTold, true);
});
