import { assert, assertEquals } from "../assert.ts";
import { estimateMedian, median, ratioOf, summarize } from "./statistics.ts";

Deno.test("the median is the middle, or between the middle two", () => {
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([9, 1, 5, 6]), 5.5);
  assertEquals(median([]), NaN);
  // As numbers, not as texts.
  assertEquals(median([100, 20, 3]), 20);
});

Deno.test("a summary has the median and the quartiles", () => {
  const summary = summarize([4, 0, 100, 3, 2]);
  assertEquals(summary, { median: 3, low: 2, high: 4 });
  const between = { median: 1.5, low: 1.25, high: 1.75 };
  assertEquals(summarize([2, 1]), between);
  assertEquals(summarize([]), undefined);
});

Deno.test("a median is between two of the figures, however wild others are", () => {
  const few = { measured: 3, low: 1, high: 900 };
  assertEquals(estimateMedian([2, 1, 900, 4, 3]), few);
  const fifteen = [1e9, ...Array(14).keys()];
  assertEquals(estimateMedian(fifteen), { measured: 7, low: 3, high: 11 });
  const many = Array.from({ length: 101 }, (_, i) => i);
  assertEquals(estimateMedian(many), { measured: 50, low: 40, high: 60 });
  assertEquals(estimateMedian([7]), { measured: 7 });
  assertEquals(estimateMedian([]), { measured: NaN });
});

Deno.test("so many medians are outside of that as are expected", () => {
  let state = 1;
  const random = () => (state = state * 48271 % 2147483647) / 2147483647;
  const tries = 2000;
  let outside = 0;
  for (let i = 0; i < tries; i++) {
    const { low, high } = estimateMedian(Array.from({ length: 15 }, random));
    if (low! > 0.5 || high! < 0.5) outside++;
  }
  // The ranks are whole numbers, so that it is less than 5 %.
  assert(outside > 0.02 * tries && outside < 0.05 * tries, `${outside}`);
});

Deno.test("a ratio is that of each turn, so that bad turns cancel out", () => {
  // The third turn took three times as long for both.
  const { measured } = ratioOf([11, 12, 33], [10, 10, 30]);
  assertEquals(measured, 1.1);
  assertEquals(ratioOf([11, 12], [10, 10, 30]), { measured: NaN });
  assertEquals(ratioOf([], []), { measured: NaN });
});
