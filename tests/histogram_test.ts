import { BOUNDS_MS, Histogram } from "../src/histogram.ts";
import { assert, assertEquals } from "./assert.ts";

/** The bounds of the buckets that are not empty, and what is in them. */
function filled({ stats }: Histogram): Record<number, number> {
  return Object.fromEntries(
    stats.buckets.flatMap(({ leMs, count }) =>
      count > 0 ? [[leMs, count]] : []
    ),
  );
}

Deno.test("Histogram begins with empty buckets, from 10 µs to 10 s", () => {
  const { stats } = new Histogram();
  assertEquals([stats.count, stats.sumMs, stats.overflow], [0, 0, 0]);
  const bounds = stats.buckets.map(({ leMs }) => leMs);
  assertEquals(bounds, [...BOUNDS_MS]);
  assertEquals([bounds[0], bounds.at(-1)], [0.01, 10_000]);
  assert(bounds.every((ms, at) => at === 0 || ms > bounds[at - 1]));
  assert(stats.buckets.every(({ count }) => count === 0));
});

Deno.test("Histogram counts each time in the first bucket that holds it", () => {
  const histogram = new Histogram();
  for (const ms of [0, 0.01, 0.0101, 0.025, 3, 5, 5.001, 10_000]) {
    histogram.observe(ms);
  }
  assertEquals(filled(histogram), {
    ...{ 0.01: 2, 0.025: 2, 5: 2, 10: 1, 10000: 1 },
  });
  assertEquals([histogram.stats.count, histogram.stats.overflow], [8, 0]);
});

Deno.test("Histogram counts and adds up what no bucket holds, too", () => {
  const histogram = new Histogram();
  for (const ms of [10_000.5, 60_000, 1.5]) histogram.observe(ms);
  assertEquals(filled(histogram), { 2.5: 1 });
  const { count, overflow, sumMs } = histogram.stats;
  assertEquals([count, overflow, sumMs], [3, 2, 70_002]);
});

Deno.test("the numbers of a histogram do not change any more", () => {
  const histogram = new Histogram();
  histogram.observe(1);
  const before = histogram.stats;
  const copy = structuredClone(before);
  histogram.observe(1);
  assertEquals(before, copy);
});
