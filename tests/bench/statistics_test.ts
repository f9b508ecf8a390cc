import { assertEquals } from "../assert.ts";
import { median, ratioOf, summarize } from "./statistics.ts";

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

Deno.test("a ratio is that of each round, so that bad rounds cancel out", () => {
  // The third round took three times as long for both.
  assertEquals(ratioOf([11, 12, 33], [10, 10, 30]), 1.1);
  assertEquals(ratioOf([11, 12], [10, 10, 30]), NaN);
  assertEquals(ratioOf([], []), NaN);
});
