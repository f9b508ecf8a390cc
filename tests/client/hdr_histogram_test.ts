import { HdrHistogram } from "../../src/client/hdr_histogram.ts";
import { assert, assertEquals } from "../assert.ts";
import { draw } from "../../src/faults/random.ts";

const PERCENTS = [0, 1, 10, 50, 75, 90, 99, 99.9, 99.99, 100];

function histogramOf(times: readonly number[]): HdrHistogram {
  const histogram = new HdrHistogram();
  for (const ms of times) histogram.record(ms);
  return histogram;
}

/** What so many percent do not exceed, found by sorting. */
function exactly(sorted: readonly number[], percent: number): number {
  const rank = Math.ceil(sorted.length * percent / 100 - 1e-6);
  return sorted[Math.max(rank, 1) - 1];
}

const chance = (i: number) => draw(7, i) || 0.5;

/** Times of known distributions, in milliseconds. */
const DISTRIBUTIONS: Readonly<Record<string, (i: number) => number>> = {
  "the same each time": () => 0.123,
  "even, from 10 µs to 1 ms": (i) => 0.01 + 0.99 * chance(i),
  "exponential, 5 ms on average": (i) => -5 * Math.log(chance(i)),
  "log-normal, over six decades": (i) =>
    Math.exp(
      3 * Math.sqrt(-2 * Math.log(chance(i))) *
        Math.cos(2 * Math.PI * chance(i + 1e6)),
    ),
  "two humps": (i) => i % 10 === 0 ? 1000 + chance(i) : 0.05 + chance(i) / 100,
  "powers of two": (i) => 2 ** (i % 20) / 1000,
};

for (const [name, next] of Object.entries(DISTRIBUTIONS)) {
  Deno.test(`percentiles are exact to one percent: ${name}`, () => {
    // What is below a microsecond is not told apart.
    const times = Array.from(
      { length: 20_000 },
      (_, i) => Math.max(next(i), 0.001),
    );
    const histogram = histogramOf(times);
    const sorted = times.toSorted((a, b) => a - b);
    for (const percent of PERCENTS) {
      const exact = exactly(sorted, percent);
      const actual = histogram.percentile(percent);
      const error = Math.abs(actual / exact - 1);
      assert(error < 0.01, `p${percent}: ${actual}, not ${exact}`);
    }
    assertEquals(histogram.count, times.length);
    assertEquals(histogram.minMs, sorted[0]);
    assertEquals(histogram.maxMs, sorted.at(-1));
  });
}

Deno.test("every time from a microsecond to an hour has its own bucket, near it", () => {
  for (let ms = 0.001; ms < 3_600_000; ms *= 1.37) {
    const histogram = histogramOf([ms, 1e9]);
    const error = Math.abs(histogram.percentile(50) / ms - 1);
    assert(error < 0.01, `${ms} became ${histogram.percentile(50)}`);
  }
});

Deno.test("what is out of range is counted at its end", () => {
  const histogram = histogramOf([0, 1e-9, -1, 1e12]);
  assertEquals(histogram.count, 4);
  assertEquals([histogram.minMs, histogram.maxMs], [-1, 1e12]);
  assertEquals(histogram.percentile(100), 1e12);
  assert(histogram.percentile(50) <= 0.002);
});

Deno.test("a histogram of nothing is all zeros", () => {
  const { count, minMs, maxMs, meanMs, deviationMs } = new HdrHistogram();
  const all = [count, minMs, maxMs, meanMs, deviationMs];
  assertEquals(all, [0, 0, 0, 0, 0]);
  assertEquals(new HdrHistogram().percentile(50), 0);
});

Deno.test("mean and deviation are those of ping", () => {
  const histogram = histogramOf([1, 2, 3, 4]);
  assertEquals(histogram.meanMs, 2.5);
  assert(Math.abs(histogram.deviationMs - Math.sqrt(1.25)) < 1e-9);
  assertEquals(histogramOf([0.3, 0.3, 0.3]).deviationMs < 1e-6, true);
});

Deno.test("what several have counted is what one would have counted", () => {
  const times = Array.from({ length: 3000 }, (_, i) => 100 * chance(i));
  const merged = new HdrHistogram();
  merged.merge(new HdrHistogram().data);
  for (const part of [times.slice(0, 1000), times.slice(1000)]) {
    merged.merge(structuredClone(histogramOf(part).data));
  }
  const whole = histogramOf(times);
  assertEquals(merged.count, whole.count);
  assertEquals(merged.data.counts, whole.data.counts);
  assertEquals([merged.minMs, merged.maxMs], [whole.minMs, whole.maxMs]);
  assert(Math.abs(merged.meanMs - whole.meanMs) < 1e-9);
  for (const percent of PERCENTS) {
    assertEquals(merged.percentile(percent), whole.percentile(percent));
  }
});

Deno.test("memory is the same whatever is counted", () => {
  const { length } = new HdrHistogram().data.counts;
  const histogram = histogramOf(
    Array.from({ length: 100_000 }, (_, i) => chance(i) * 10 ** (i % 9)),
  );
  assertEquals(histogram.data.counts.length, length);
  assert(length * Float64Array.BYTES_PER_ELEMENT <= 64 * 1024);
});

Deno.test("between counts each time once, from one end to the other", () => {
  const times = Array.from({ length: 1000 }, (_, i) => 0.5 + i);
  const histogram = histogramOf(times);
  const bounds = [0, 0.25, 3, 17, 250, 999, Infinity];
  const counts = bounds.slice(1).map((to, at) =>
    histogram.between(bounds[at], to)
  );
  assertEquals(counts.reduce((sum, count) => sum + count), 1000);
  assertEquals(counts[0], 0);
  assert(Math.abs(counts[4] - 749) <= 10, `${counts}`);
});

Deno.test("times that lie evenly are counted as if each had been, however many", () => {
  for (const count of [1, 2, 499, 501, 12_345]) {
    const [all, each] = [new HdrHistogram(), new HdrHistogram()];
    all.recordEvenly(1000, 10, count);
    for (let i = 0; i < count; i++) {
      each.record(1000 - (count > 1 ? 990 * i / (count - 1) : 0));
    }
    assertEquals(all.count, count);
    assertEquals([all.minMs, all.maxMs], [each.minMs, each.maxMs]);
    for (const percent of [50, 90, 99]) {
      const [one, other] = [all, each].map((it) => it.percentile(percent));
      assert(
        Math.abs(one - other) <= other * 0.02,
        `${count}: ${one} ${other}`,
      );
    }
    assert(Math.abs(all.meanMs - each.meanMs) < each.meanMs * 0.02);
  }
  const many = new HdrHistogram();
  many.recordEvenly(3000, 0, 1e12);
  assertEquals([many.count, many.maxMs], [1e12, 3000]);
});
