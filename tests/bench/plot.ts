/**
 * A plot of a run, as SVG.
 *
 * @module
 */

import type { Figure, Results } from "./results.ts";
import { OTHERS } from "./run.ts";
import { BULK_MAIN, MAIN } from "./scenarios.ts";
import type { Summary } from "./statistics.ts";
import { digits } from "./table.ts";

interface Panel {
  readonly title: string;
  readonly scenario: string;
  readonly figure: Figure;
  readonly scale: number;
}

interface Bar {
  readonly name: string;
  readonly summary: Summary;
}

const PANELS: readonly Panel[] = [
  {
    title: `CPU time per echo at ${MAIN}, µs (less is better)`,
    scenario: MAIN,
    figure: "cpuMicros",
    scale: 1,
  },
  {
    title: `${BULK_MAIN}, GB/s (more is better)`,
    scenario: BULK_MAIN,
    figure: "bytesPerSecond",
    scale: 1e9,
  },
  {
    title: "Memory of each of 10,000 idle connections, KiB (less is better)",
    scenario: OTHERS.idle,
    figure: "rss10000Kib",
    scale: 1,
  },
];

const WIDTH = 720;
const LABELS = 160;
const BARS = 450;
const ROW = 22;
const TITLE = 34;

// Colours that stand out from white and from black.
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600; fill: #222 }
  .bar { fill: #9aa5b1 }
  .echod { fill: #2f7ed8 }
  .spread { stroke: #222; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #bbb } .title { fill: #eee }
    .bar { fill: #66707a } .spread { stroke: #eee }
  }
`;

/** Draws the main figures of a run; a whisker goes from quartile to quartile. */
export function plot(results: Results): string {
  let top = 0;
  const groups: string[] = [];
  for (const panel of PANELS) {
    const bars = barsOf(results, panel);
    if (bars.length === 0) continue;
    groups.push(drawPanel(panel, bars, top));
    top += TITLE + bars.length * ROW + 12;
  }
  const size = `width="${WIDTH}" height="${top}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ` +
    `viewBox="0 0 ${WIDTH} ${top}" role="img">
<title>echod and other echo servers, side by side</title>
<style>${STYLE}</style>
${groups.join("\n")}
</svg>
`;
}

function barsOf(results: Results, { scenario, figure }: Panel): Bar[] {
  return results.kept.servers.flatMap((name) => {
    const summary = results.summary(scenario, name, figure);
    return summary ? [{ name, summary }] : [];
  });
}

function drawPanel(
  { title, scale }: Panel,
  bars: readonly Bar[],
  top: number,
): string {
  const medians = bars.map(({ summary }) => summary.median).toSorted((a, b) =>
    a - b
  );
  // One that is far behind must not squeeze all others.
  const most = Math.min(
    Math.max(...bars.map(({ summary }) => summary.high)),
    medians[Math.floor(medians.length / 2)] * 4,
  );
  const x = (value: number) =>
    (LABELS + Math.max(Math.min(value / most, 1), 0) * BARS).toFixed(1);
  const rows = bars.map(({ name, summary }, i) => {
    const { median, low, high } = summary;
    const y = top + TITLE + i * ROW;
    const width = (Number(x(median)) - LABELS).toFixed(1);
    const kind = name.startsWith("echod") ? "bar echod" : "bar";
    const whisker = `M${x(low)} ${y + 8}H${x(high)}`;
    const end = Math.max(Number(x(high)), Number(x(median))) + 6;
    return `<text x="${LABELS - 8}" y="${y + 12}" text-anchor="end">` +
      `${escape(name)}</text>` +
      `<rect class="${kind}" x="${LABELS}" y="${y}" width="${width}" ` +
      `height="16"/>` +
      `<path class="spread" d="${whisker}"/>` +
      `<text x="${end}" y="${y + 12}">${digits(median / scale)}</text>`;
  });
  return `<text class="title" x="8" y="${top + 22}">${escape(title)}</text>
${rows.join("\n")}`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
