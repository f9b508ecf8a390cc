/**
 * What `echod bench` prints, for people or as JSON.
 *
 * @module
 */

import {
  formatBytes,
  formatCount,
  formatTime,
  toThousandths,
} from "../client/format.ts";
import type { BenchResult } from "../client/load/sum.ts";
import type { FailureCount, LoadPlan, Opened } from "../client/load/plan.ts";
import { plot } from "../client/plot.ts";
import { LISTENER_FLAGS } from "./flags/listeners.ts";

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
    ...pipeline > 1 ? [`${formatCount(pipeline)} at once`] : [],
    ...rate === undefined ? [] : [`${formatCount(rate)} a second`],
    ...threads > 1 ? [count(threads, "thread")] : [],
  ].join(", ");
}

/** What is wrong at the start, in one line each. */
export function openedText(
  { open, failures }: Opened,
  { connections }: LoadPlan,
): readonly string[] {
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  const left = connections - open - failed;
  return [
    ...failed > 0
      ? [
        `${formatCount(failed)} of ${count(connections, "connection")} failed`,
        ...failures.map(failureText),
      ]
      : [],
    ...left > 0
      ? [`${count(left, failed > 0 ? "other" : "connection")} not opened`]
      : [],
  ];
}

/** What has come of it, for people. */
export function resultText(result: BenchResult, plan: LoadPlan): string {
  const { failures, wrong, opened, durationMs } = result;
  const isPlayed = opened.open > 0 && (durationMs > 0 || wrong !== undefined);
  return [
    ...isPlayed ? measuredLines(result, plan) : [nothingText(plan)],
    // A run that broke off has left more behind than the server has.
    ...wrong === undefined ? missingLines(result) : [],
    ...failures.length > 0 ? ["errors", ...failures.map(failureText)] : [],
    ...udpHint(failures, plan),
    ...wrong === undefined ? [] : [`WRONG  ${wrong}`],
  ].join("\n");
}

// Who makes load is soon above the rate to which a server holds each client.
function udpHint(
  failures: readonly FailureCount[],
  { target, rate = Infinity }: LoadPlan,
): readonly string[] {
  const { udpRate } = LISTENER_FLAGS;
  const isSilent = failures.some(({ kind }) =>
    kind === "timeout" || kind === "unanswered"
  );
  const isFast = rate > Number(udpRate.default);
  if (target.kind !== "datagram" || !isSilent || !isFast) return [];
  return [
    `hint   an echod answers ${udpRate.default} datagrams a second to each ` +
    "address, unless its --udp-rate says otherwise; --rate sends fewer",
  ];
}

function nothingText({ target }: LoadPlan): string {
  // To open a connection of HTTP is to ask for an echo.
  return target.kind === "http"
    ? "no first echo came back, and nothing more was sent"
    : "nothing was sent";
}

function measuredLines(
  { echoes, durationMs, times }: BenchResult,
  { size }: LoadPlan,
): readonly string[] {
  const seconds = durationMs / 1000;
  const rate = seconds > 0 ? echoes / seconds : 0;
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
    ...times.count > 0
      ? [`times  ${percentiles.join(", ")}`, ...plot(times)]
      : [],
  ];
}

// What did not come back, or came when or as often as it should not.
function missingLines(
  { unsent, unanswered, lost, late, duplicates }: BenchResult,
): readonly string[] {
  const were = (number: number) =>
    `${count(number, "message")} ${number === 1 ? "was" : "were"}`;
  const oldest = formatTime(unanswered.oldestMs);
  const strays = [
    ...late > 0 ? [`${formatCount(late)} came too late`] : [],
    ...duplicates > 0 ? [`${formatCount(duplicates)} came again`] : [],
  ];
  return [
    ...unsent > 0
      ? [
        `unsent ${were(unsent)} due and not sent: ` +
        "server, connections or this client do not keep up",
      ]
      : [],
    ...unanswered.count > 0
      ? [
        `open   ${were(unanswered.count)} still on the way, ` +
        `the oldest for ${oldest}`,
      ]
      : [],
    ...lost > 0 ? [`lost   ${were(lost)} on the way when errors came`] : [],
    ...strays.length > 0 ? [`stray  ${strays.join(", ")}`] : [],
  ];
}

/** What has come of it, as an object. */
export function resultObject(
  result: BenchResult,
  plan: LoadPlan,
  threads: number,
): object {
  const { echoes, durationMs, times, failures, wrong, opened } = result;
  const { afterEnd, lost, unsent, unanswered, late, duplicates } = result;
  const { target, connections, size, pipeline, rate } = plan;
  const seconds = durationMs / 1000;
  const perSecond = seconds > 0 ? echoes / seconds : 0;
  const [p50, p90, p99, p999] = PERCENTILES.map((p) => times.percentile(p));
  return {
    url: target.url,
    ...{ connections, size, pipeline, rate, threads },
    open: opened.open,
    notOpen: opened.failures,
    ...{ echoes, afterEnd },
    seconds: toThousandths(seconds),
    echoesPerSecond: toThousandths(perSecond),
    bytesPerSecond: Math.round(perSecond * size),
    timesMs: {
      min: toThousandths(times.minMs),
      mean: toThousandths(times.meanMs),
      ...{
        p50: toThousandths(p50),
        p90: toThousandths(p90),
        p99: toThousandths(p99),
      },
      "p99.9": toThousandths(p999),
      max: toThousandths(times.maxMs),
    },
    ...{ lost, unsent },
    unanswered: { ...unanswered, oldestMs: toThousandths(unanswered.oldestMs) },
    ...{ late, duplicates },
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
