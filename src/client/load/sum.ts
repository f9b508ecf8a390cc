/**
 * What has come of a load, from all of its parts.
 *
 * @module
 */

import { isWrong } from "../failure.ts";
import { formatTime } from "../format.ts";
import { HdrHistogram } from "../hdr_histogram.ts";
import type { LoadReport, Opened, Unanswered } from "./plan.ts";
import { Failures } from "./tally.ts";

/** What has come of it. */
export interface BenchResult extends Omit<LoadReport, "times" | "waits"> {
  /** What has come of opening the connections. */
  readonly opened: Opened;
  /** How long messages took to come back, or have waited at least. */
  readonly times: HdrHistogram;
}

/** Adds up what has come of opening connections. */
export function sumOpened(all: readonly Opened[]): Opened {
  const failures = new Failures();
  for (const opened of all) failures.merge(opened.failures);
  const open = all.reduce((sum, { open }) => sum + open, 0);
  return { open, failures: failures.counts };
}

/**
 * Adds up what parts tell.
 *
 * @param opened what has come of opening the connections.
 * @param reports what they tell; the first one of a server that is wrong is the
 * one that counts.
 * @param failures what has gone wrong besides.
 */
export function sumReports(
  opened: Opened,
  reports: readonly LoadReport[],
  failures: Failures,
): BenchResult {
  const times = new HdrHistogram();
  const waits = new HdrHistogram();
  const firstWrong = reports.find(({ wrong }) => wrong !== undefined);
  for (const report of reports) {
    times.merge(report.times);
    waits.merge(report.waits);
    const isOther = report !== firstWrong;
    failures.merge(
      report.failures.filter(({ kind }) => !(isOther && isWrong(kind))),
    );
  }
  const sum = (count: (report: LoadReport) => number) =>
    reports.map(count).reduce((one, other) => one + other, 0);
  const most = (value: (report: LoadReport) => number) =>
    Math.max(0, ...reports.map(value));
  const unanswered: Unanswered = {
    count: sum(({ unanswered }) => unanswered.count),
    oldestMs: most(({ unanswered }) => unanswered.oldestMs),
  };
  if (firstWrong === undefined) judge(unanswered, times, failures);
  // A load that fails has to say why.
  if (opened.open > 0 && times.count === 0 && failures.counts.length === 0) {
    failures.add({ kind: "unanswered", message: "no echo came back" });
  }
  times.merge(waits.data);
  return {
    opened,
    echoes: sum(({ echoes }) => echoes),
    afterEnd: sum(({ afterEnd }) => afterEnd),
    durationMs: most(({ durationMs }) => durationMs),
    lost: sum(({ lost }) => lost),
    unsent: sum(({ unsent }) => unsent),
    unanswered,
    late: sum(({ late }) => late),
    duplicates: sum(({ duplicates }) => duplicates),
    wrong: firstWrong?.wrong,
    failures: failures.counts,
    times,
  };
}

// What has waited so much longer than nearly all others took, and longer than
// any, was not on its way back: the server has stopped answering.
const TOO_LONG = { percent: 99, times: 2 };

function judge(
  { count, oldestMs }: Unanswered,
  answered: HdrHistogram,
  failures: Failures,
): void {
  const normalMs = Math.max(
    answered.percentile(TOO_LONG.percent) * TOO_LONG.times,
    answered.maxMs,
  );
  if (count === 0 || oldestMs <= normalMs) return;
  const message = "no answer until the end, the oldest one after " +
    formatTime(oldestMs);
  failures.add({ kind: "unanswered", message }, count);
}
