/**
 * What `echod ping` prints, in the manner of ping(8) or as JSON.
 *
 * @module
 */

import { formatCount, toThousandths } from "../client/format.ts";
import type { PingEvent, PingSummary } from "../client/ping.ts";

const PERCENTILES = [50, 90, 99] as const;

/** A line of what has happened. */
export function pingLine(event: PingEvent, url: string): string {
  switch (event.event) {
    case "reply":
      return `${
        formatCount(event.bytes)
      } bytes from ${url}: seq=${event.seq} ` +
        `time=${event.timeMs.toFixed(3)} ms`;
    case "failure":
      return `seq=${event.seq} failed: ${event.message}`;
    case "lost":
      return `connection lost: ${event.message}`;
    case "late":
      return `seq=${event.seq} came too late`;
    case "duplicate":
      return `seq=${event.seq} came again`;
  }
}

/** The lines at the end. */
export function summaryText(summary: PingSummary, url: string): string {
  const { sent, received, late, duplicates, durationMs, times } = summary;
  const counts = [
    `${formatCount(sent)} sent`,
    `${formatCount(received)} received`,
    ...late > 0 ? [`${formatCount(late)} too late`] : [],
    ...duplicates > 0 ? [`${formatCount(duplicates)} duplicate`] : [],
    `${lossOf(summary)}% loss`,
    `time ${Math.round(durationMs)} ms`,
  ];
  const row = (values: readonly number[]) =>
    values.map((value) => value.toFixed(3)).join("/");
  const { minMs, meanMs, maxMs, deviationMs } = times;
  const percentiles = PERCENTILES.map((percent) => times.percentile(percent));
  return [
    "",
    `--- ${url} ping statistics ---`,
    counts.join(", "),
    ...received > 0
      ? [
        `min/avg/max/mdev = ${row([minMs, meanMs, maxMs, deviationMs])} ms`,
        `p50/p90/p99 = ${row(percentiles)} ms`,
      ]
      : [],
  ].join("\n");
}

/** The same as an object. */
export function summaryObject(summary: PingSummary, url: string): object {
  const { sent, received, late, duplicates, durationMs, times } = summary;
  const { minMs, meanMs, maxMs, deviationMs } = times;
  const [p50Ms, p90Ms, p99Ms] = PERCENTILES.map((percent) =>
    toThousandths(times.percentile(percent))
  );
  return {
    event: "summary",
    url,
    ...{ sent, received, late, duplicates },
    lossPercent: lossOf(summary),
    durationMs: toThousandths(durationMs),
    ...received > 0 && {
      minMs: toThousandths(minMs),
      avgMs: toThousandths(meanMs),
      maxMs: toThousandths(maxMs),
      mdevMs: toThousandths(deviationMs),
      ...{ p50Ms, p90Ms, p99Ms },
    },
  };
}

/** What has happened, as an object. */
export function pingObject(event: PingEvent): object {
  return event.event === "reply"
    ? { ...event, timeMs: toThousandths(event.timeMs) }
    : event;
}

function lossOf({ sent, received }: PingSummary): number {
  return sent > 0 ? Math.round((sent - received) / sent * 1e4) / 100 : 0;
}
