import { HdrHistogram } from "../../src/client/hdr_histogram.ts";
import { plot } from "../../src/client/plot.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";

function plotOf(times: readonly number[]): readonly string[] {
  const histogram = new HdrHistogram();
  for (const ms of times) histogram.record(ms);
  return plot(histogram);
}

const percentOf = (row: string) => Number(/([\d.]+)%/.exec(row)![1]);
const lengthOf = (row: string) => row.split("% ")[1]?.length ?? 0;

Deno.test("what is too little to be told apart makes no plot", () => {
  assertEquals(plotOf([]), []);
  assertEquals(plotOf(new Array(19).fill(1)), []);
});

Deno.test("a plot has a row for each range, which all times share", () => {
  const times = Array.from({ length: 10_000 }, (_, i) => 0.1 + (i % 100) / 10);
  const rows = plotOf(times);
  assertEquals(rows.length, 12);
  for (const row of rows) {
    assertMatch(
      row,
      /^ {2}[<≤] {1,4}[\d.]+ (µs|ms|s) +[\d.]+%( █*[▏▎▍▌▋▊▉█])?$/,
    );
    assert(row.length <= 64, row);
  }
  const sum = rows.map(percentOf).reduce((sum, percent) => sum + percent);
  assert(Math.abs(sum - 100) < 1, `${sum}`);
});

Deno.test("the longest bar is that of the most frequent times", () => {
  const rows = plotOf([...new Array(90).fill(1), ...new Array(10).fill(10)]);
  const longest = rows.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
  assertEquals([percentOf(longest), lengthOf(longest)], [90, 40]);
  const last = rows.at(-1)!;
  assertEquals(percentOf(last), 10);
  assert(lengthOf(last) >= 4 && lengthOf(last) <= 5, last);
});

Deno.test("a few outliers do not flatten the rest", () => {
  const times = Array.from({ length: 10_000 }, (_, i) => 1 + (i % 10) / 10);
  const rows = plotOf([...times, 1e6]);
  assert(rows.filter((row) => percentOf(row) > 1).length >= 5, rows.join("\n"));
  assert(!rows.slice(0, -1).join().includes(" s "), rows.join("\n"));
  // The last row goes up to them.
  assertMatch(rows.at(-1)!, /^ {2}≤ 1000.00 s /);
});

Deno.test("times that are all the same are one bar", () => {
  const rows = plotOf(new Array(20).fill(0.25));
  assertEquals(rows.filter((row) => percentOf(row) === 100).length, 1);
  assertEquals(rows.length, 12);
});
