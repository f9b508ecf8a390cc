/**
 * Tables of a run, in Markdown.
 *
 * @module
 */

import { ECHOD, judge } from "./claims.ts";
import { NAMES } from "./contestants.ts";
import { CREW_SCENARIOS } from "./crew.ts";
import type { Figure, Results } from "./results.ts";
import { OTHERS } from "./run.ts";
import { BULK_MAIN, CONNECT, MAIN, SCENARIOS } from "./scenarios.ts";
import type { Summary } from "./statistics.ts";
import { limitText, measuredText, outcomeOf } from "./verdict.ts";

const NONE = "–";

/** A table, with its columns as wide as the formatter makes them. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) =>
    Math.max(3, ...rows.map((row) => [...row[column]].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, i) => cell + " ".repeat(widths[i] - [...cell].length))
        .join(" | ")
    } |`;
  const [head, ...body] = rows;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head), rule, ...body.map(line)].join("\n");
}

/** Three digits of a number. */
export function digits(value: number): string {
  if (value >= 100) return `${Math.round(value)}`;
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** A median, and between what half of the samples lie. */
export function describeSummary(
  summary: Summary | undefined,
  scale = 1,
): string {
  if (!summary) return NONE;
  const { median, low, high } = summary;
  const [middle, from, to] = [median, low, high].map((value) =>
    digits(value / scale)
  );
  return from === to ? middle : `${middle} (${from}–${to})`;
}

interface Column {
  readonly title: string;
  readonly scenario: string;
  readonly figure: Figure;
  readonly scale?: number;
}

const COLUMNS: readonly Column[] = [
  { title: "CPU µs per echo", scenario: MAIN, figure: "cpuMicros" },
  { title: "1000 echoes/s", scenario: MAIN, figure: "rate", scale: 1000 },
  {
    title: "bulk, GB/s",
    scenario: BULK_MAIN,
    figure: "bytesPerSecond",
    scale: 1e9,
  },
  { title: "CPU µs per visit", scenario: CONNECT, figure: "cpuMicros" },
  { title: "KiB when idle", scenario: OTHERS.idle, figure: "rss10000Kib" },
  {
    title: "first echo, ms",
    scenario: OTHERS.firstEcho,
    figure: "firstEchoMs",
  },
];

function cell(results: Results, server: string, column: Column): string {
  const { scenario, figure, scale } = column;
  if (results.failure(scenario, server) !== undefined) return "fails";
  return describeSummary(results.summary(scenario, server, figure), scale);
}

/** What is told of each server in short. */
export function overview(results: Results): string {
  const head = ["server", ...COLUMNS.map(({ title }) => title), "against C"];
  const rows = results.kept.servers.map((server) => {
    const { measured } = results.ratio(
      ...[MAIN, server, NAMES.epoll, "cpuMicros"] as const,
    );
    const against = Number.isNaN(measured) ? NONE : `${measured.toFixed(2)} x`;
    const cells = COLUMNS.map((column) => cell(results, server, column));
    return [server, ...cells, against];
  });
  // The ratio belongs beside what it is of.
  return markdownTable(
    [head, ...rows].map((row) => [
      ...row.slice(0, 2),
      row.at(-1)!,
      ...row.slice(2, -1),
    ]),
  );
}

/** The CPU time per echo of every server in every scenario. */
export function details(results: Results): string {
  const { servers } = results.kept;
  const medians = (name: string) =>
    servers.map((server) => {
      if (results.failure(name, server) !== undefined) return "fails";
      const cpu = results.summary(name, server, "cpuMicros");
      return cpu ? digits(cpu.median) : NONE;
    });
  const rows = SCENARIOS.map(({ name }) => [name, ...medians(name)]);
  return markdownTable([["CPU µs per echo", ...servers], ...rows]);
}

/** What a second worker brings where the client is on the same cores. */
export function crews(results: Results): string {
  const title = (what: string) => ["one", "two"].map((n) => `${what}, ${n}`);
  const head = [
    "two workers against one",
    ...title("CPU µs per echo"),
    ...title("1000 echoes/s"),
  ];
  const figures: readonly (readonly [Figure, number])[] = [
    ["cpuMicros", 1],
    ["crewCpuMicros", 1],
    ["rate", 1000],
    ["crewRate", 1000],
  ];
  const rows = [...CREW_SCENARIOS].flatMap(([name, scenario]) =>
    results.kept.servers.filter((server) => results.has(name, server)).map(
      (server) => [
        `${server}, ${scenario.name}`,
        ...figures.map(([figure, scale]) =>
          cell(results, server, { title: "", scenario: name, figure, scale })
        ),
      ],
    )
  );
  return markdownTable([head, ...rows]);
}

/**
 * What else was measured: memory, how others fare among the rude, and how much
 * load echod's own client makes against the C server, beside the one in C.
 */
export function besides(results: Results): string {
  const { idle, manners, client } = OTHERS;
  const columns: readonly Column[] = [
    {
      title: "KiB of 1000 idle",
      scenario: idle,
      figure: "rss1000Kib",
    },
    {
      title: "of 10000, at once",
      scenario: idle,
      figure: "fresh10000Kib",
    },
    {
      title: "PSS at rest",
      scenario: idle,
      figure: "pss10000Kib",
    },
    { title: "p99 µs alone", scenario: manners, figure: "p99Micros" },
    {
      title: "one never reads",
      scenario: manners,
      figure: "neverReadP99Micros",
    },
    {
      title: "another sends at full speed",
      scenario: manners,
      figure: "floodP99Micros",
    },
    {
      title: "as a client, 1000/s",
      scenario: client,
      figure: "rate",
      scale: 1000,
    },
  ];
  const head = ["server", ...columns.map(({ title }) => title)];
  const rows = results.kept.servers.map((server) => [
    server,
    ...columns.map((column) => cell(results, server, column)),
  ]);
  return markdownTable([head, ...rows]);
}

/** The goals of echod, and what has come of them. */
export function claims(results: Results): string {
  const verdicts = judge(results).filter(({ isAim }) => !isAim);
  const texts = new Set(verdicts.map(({ claim }) => claim));
  const cellOf = (claim: string, server: string) => {
    const verdict = verdicts.find((it) =>
      it.claim === claim && it.server === server
    );
    if (!verdict || Number.isNaN(verdict.measured)) return NONE;
    const { brief } = verdict;
    const figures = `${measuredText(verdict)}, ${limitText(verdict)}`;
    return `${outcomeOf(verdict)}: ${figures}${brief ? `; ${brief}` : ""}`;
  };
  const rows = [...texts].map((claim) => [
    claim,
    ...ECHOD.map((server) => cellOf(claim, server)),
  ]);
  return markdownTable([["goal", ...ECHOD], ...rows]);
}
