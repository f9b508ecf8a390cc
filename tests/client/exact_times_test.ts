import { ExactTimes } from "../../src/client/exact_times.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("percentiles of few times are some of them", () => {
  const times = new ExactTimes();
  assertEquals(times.percentile(50), 0);
  for (const ms of [0.613, 12.345678, 0.1, 3]) times.record(ms);
  const told = [0, 25, 50, 75, 76, 100].map((p) => times.percentile(p));
  assertEquals(told, [0.1, 0.1, 0.613, 3, 12.345678, 12.345678]);
  times.record(0.2);
  assertEquals(times.percentile(50), 0.613);
});

Deno.test("percentiles of many times are those of a histogram", () => {
  const times = new ExactTimes();
  for (let i = 1; i <= 10_000; i++) times.record(i / 1000);
  assertEquals(times.percentile(50), 5);
  times.record(100);
  const middle = times.percentile(50);
  assert(middle !== 5 && Math.abs(middle - 5) < 0.05, `${middle}`);
  assertEquals([times.count, times.maxMs], [10_001, 100]);
});
