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
  const few = { measured: 3, lowest: 1, highest: 900 };
  assertEquals(estimateMedian([2, 1, 900, 4, 3]), few);
  const fifteen = [1e9, ...Array(14).keys()];
  const expected = { measured: 7, lowest: 3, highest: 11 };
  assertEquals(estimateMedian(fifteen), expected);
  const many = Array.from({ length: 101 }, (_, i) => i);
  const narrow = { measured: 50, lowest: 40, highest: 60 };
  assertEquals(estimateMedian(many), narrow);
});

Deno.test("fewer than five figures say nothing of how sure they are", () => {
  assertEquals(estimateMedian([1, 2, 3, 4]), { measured: 2.5 });
  assertEquals(estimateMedian([7]), { measured: 7 });
  assertEquals(estimateMedian([]), { measured: NaN });
});

Deno.test("so many true medians are outside of the range as are expected", () => {
  let state = 1;
  const random = () => (state = state * 48271 % 2147483647) / 2147483647;
  const tries = 2000;
  for (const count of [6, 15, 40, 60]) {
    let outside = 0;
    for (let i = 0; i < tries; i++) {
      const numbers = Array.from({ length: count }, random);
      const { lowest, highest } = estimateMedian(numbers);
      if (lowest! > 0.5 || highest! < 0.5) outside++;
    }
    // Ranks are whole numbers, so that it is not 5 % for every count.
    const share = outside / tries;
    assert(share > 0.02 && share < 0.06, `${count}: ${share}`);
  }
});

Deno.test("a ratio is that of each turn, so that bad turns cancel out", () => {
  // The third turn took three times as long for both.
  const { measured } = ratioOf([11, 12, 33], [10, 10, 30]);
  assertEquals(measured, 1.1);
  assertEquals(ratioOf([11, 12], [10, 10, 30]), { measured: NaN });
  assertEquals(ratioOf([], []), { measured: NaN });
});
