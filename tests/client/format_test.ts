import {
  formatBytes,
  formatCount,
  formatTime,
} from "../../src/client/format.ts";
import { assertEquals } from "../assert.ts";

Deno.test("formatTime takes the unit in which three digits say most", () => {
  const cases: readonly [ms: number, text: string][] = [
    [0.0873, "87.3 µs"],
    [0.5, "500 µs"],
    [0.99949, "999 µs"],
    [0.9996, "1.00 ms"],
    [1.234, "1.23 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [61_000, "61.00 s"],
  ];
  for (const [ms, text] of cases) assertEquals(formatTime(ms), text);
});

Deno.test("formatCount parts thousands", () => {
  const cases = { 0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567" };
  for (const [count, text] of Object.entries(cases)) {
    assertEquals(formatCount(Number(count)), text);
  }
  assertEquals(formatCount(1234.5), "1,235");
});

Deno.test("formatBytes takes the unit in which three digits say most", () => {
  const cases: readonly [bytes: number, text: string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [12_345_678, "12.3 MB"],
    [999_600, "1.00 MB"],
    [4.2e9, "4.20 GB"],
    [4.2e12, "4.20 TB"],
  ];
  for (const [bytes, text] of cases) assertEquals(formatBytes(bytes), text);
});
