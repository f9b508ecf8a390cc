/**
 * What `echod bench` prints, for people or as JSON.
 *
 * @module
 */

import { formatBytes, formatCount, formatTime } from "../client/format.ts";
import type { BenchResult } from "../client/load/bench.ts";
import type { FailureCount, LoadPlan, Opened } from "../client/load/plan.ts";
import { plot } from "../client/plot.ts";

/** What is measured of the times. */
const PERCENTILES = [50, 90, 99, 99.9] as const;

/** What is going to be done, in one line. */
export function planText(
  { target, connections, size, pipeline, rate }: LoadPlan,
  threads: number,
): string {
  return [
    `BENCH ${target.url} with ${count(connections, "connection")}`,
    count(size, "byte"),
    ...pipeline > 1 ? [`${pipeline} at once`] : [],
    ...rate === undefined ? [] : [`${formatCount(rate)} a second`],
    ...threads > 1 ? [count(threads, "thread")] : [],
  ].join(", ");
}

/** What is wrong at the start, in one line each. */
export function openedText(
  { open, failures }: Opened,
  { connections }: LoadPlan,
): readonly string[] {
  if (open === connections) return [];
  return [
    `${connections - open} of ${count(connections, "connection")} failed`,
    ...failures.map(failureText),
  ];
}

/** What has come of it, for people. */
export function resultText(result: BenchResult, plan: LoadPlan): string {
  const { echoes, durationMs, times, failures, unsent, wrong } = result;
  const seconds = durationMs / 1000;
  const rate = seconds > 0 ? echoes / seconds : 0;
  const { size } = plan;
  const percentiles = [
    ...PERCENTILES.map((percent) =>
      [`p${percent}`, times.percentile(percent)] as const
    ),
    ["max", times.maxMs] as const,
  ].map(([name, ms]) => `${name} ${formatTime(ms)}`);
  return [
    `${count(echoes, "echo")} in ${seconds.toFixed(2)} s`,
    `rate   ${formatCount(rate)} a second, ` +
    `${formatBytes(rate * size)} a second each way`,
    ...echoes > 0 ? [`times  ${percentiles.join(", ")}`, ...plot(times)] : [],
    ...unsent > 0
      ? [
        `behind ${count(unsent, "message")} were due and not sent: ` +
        "the server does not keep up",
      ]
      : [],
    ...failures.length > 0 ? ["errors", ...failures.map(failureText)] : [],
    ...wrong === undefined ? [] : [`WRONG  ${wrong}`],
  ].join("\n");
}

/** What has come of it, as an object. */
export function resultObject(
  result: BenchResult,
  plan: LoadPlan,
  threads: number,
): object {
  const { echoes, durationMs, times, failures, unsent, wrong, opened } = result;
  const { target, connections, size, pipeline, rate } = plan;
  const seconds = durationMs / 1000;
  const perSecond = seconds > 0 ? echoes / seconds : 0;
  const [p50, p90, p99, p999] = PERCENTILES.map((p) => times.percentile(p));
  return {
    url: target.url,
    ...{ connections, size, pipeline, rate, threads },
    open: opened.open,
    notOpen: opened.failures,
    echoes,
    seconds: round(seconds),
    echoesPerSecond: round(perSecond),
    bytesPerSecond: Math.round(perSecond * size),
    timesMs: {
      min: round(times.minMs),
      mean: round(times.meanMs),
      ...{ p50: round(p50), p90: round(p90), p99: round(p99) },
      "p99.9": round(p999),
      max: round(times.maxMs),
    },
    unsent,
    errors: failures,
    ...wrong !== undefined && { wrong },
  };
}

function failureText({ kind, count, message }: FailureCount): string {
  return `  ${formatCount(count)} ${kind}: ${message}`;
}

function count(number: number, noun: string): string {
  const plural = noun === "echo" ? "echoes" : `${noun}s`;
  return `${formatCount(number)} ${number === 1 ? noun : plural}`;
}

// Microseconds, or thousandths, as far as they mean anything.
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
