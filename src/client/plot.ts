/**
 * A small plot of how long messages took, for a terminal.
 *
 * @module
 */

import { formatTime } from "./format.ts";
import type { HdrHistogram } from "./hdr_histogram.ts";

const ROWS = 12;
const WIDTH = 40;
// Eighths of a character.
const BLOCKS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

// Beyond these, a few would stretch the plot until nothing of the rest is seen.
const OUTLIERS = 0.1;

// Of fewer, each would be a row of its own.
const FEWEST = 20;

/**
 * Plots a histogram, from its shortest times to its longest ones, on a scale
 * that grows by the same factor from row to row.
 *
 * @param times what to plot.
 * @returns its rows, the last one up to the longest time; none if there is too
 * little to plot.
 */
export function plot(times: HdrHistogram): readonly string[] {
  if (times.count < FEWEST) return [];
  const from = Math.max(times.percentile(OUTLIERS), 0.001);
  const to = Math.max(times.percentile(100 - OUTLIERS), from * 1.1);
  const factor = (to / from) ** (1 / ROWS);
  const bounds = Array.from({ length: ROWS + 1 }, (_, i) => from * factor ** i);
  const counts = Array.from({ length: ROWS }, (_, row) => {
    const isFirst = row === 0;
    const isLast = row === ROWS - 1;
    return times.between(
      isFirst ? 0 : bounds[row],
      isLast ? Infinity : bounds[row + 1],
    );
  });
  const most = Math.max(...counts);
  return counts.map((count, row) => {
    const share = (count / times.count * 100).toFixed(1).padStart(5);
    const isLast = row === ROWS - 1;
    const bound = formatTime(isLast ? times.maxMs : bounds[row + 1]);
    return `  ${isLast ? "≤" : "<"} ${bound.padStart(8)} ${share}% ${
      bar(count / most)
    }`.trimEnd();
  });
}

function bar(share: number): string {
  const eighths = Math.round(share * WIDTH * 8);
  return BLOCKS[8].repeat(Math.floor(eighths / 8)) + BLOCKS[eighths % 8];
}
