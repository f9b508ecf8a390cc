/**
 * Puts a load on a server, from one thread or several.
 *
 * @module
 */

import { startTimer } from "../../timer.ts";
import { HdrHistogram } from "../hdr_histogram.ts";
import type {
  FailureCount,
  LoadPart,
  LoadPlan,
  LoadReport,
  Opened,
} from "./plan.ts";
import { Failures } from "./tally.ts";

/** How a load is put on a server. */
export interface BenchOptions {
  /** Makes what does a part of it. */
  readonly createPart: (plan: LoadPlan) => LoadPart;
  /** How many parts there are. */
  readonly parts: number;
  /** How long it takes, in milliseconds; 0: until it is stopped. */
  readonly durationMs: number;
  /** Stops it early. */
  readonly signal: AbortSignal;
  /** Told when the connections are open, or not. */
  readonly onOpened: (opened: Opened) => void;
  /** Told now and then how many messages have come back. */
  readonly onProgress: (echoes: number) => void;
}

/** What has come of it. */
export interface BenchResult extends Omit<LoadReport, "times"> {
  /** What has come of opening the connections. */
  readonly opened: Opened;
  /** How long messages took to come back. */
  readonly times: HdrHistogram;
}

const PROGRESS_MS = 200;

/**
 * Puts a load on a server.
 *
 * @param plan what is to be done.
 * @param options how long, and by whom.
 * @returns what has come of it; nothing is sent if no connection was opened.
 */
export async function bench(
  plan: LoadPlan,
  options: BenchOptions,
): Promise<BenchResult> {
  const { parts: count, signal, durationMs, onProgress } = options;
  const parts = share(plan, count).map(options.createPart);
  const stopped = untilAborted(signal);
  const opening = Promise.all(parts.map((part) => part.connect()));
  // Once it is stopped, nobody asks what has become of it.
  opening.catch(() => {});
  const all = await Promise.race([opening, stopped.promise]);
  const opened = sumOpened(all ?? []);
  options.onOpened(opened);
  if (opened.open > 0 && !signal.aborted) {
    const over = Promise.withResolvers<void>();
    const cancel = startTimer(durationMs || Infinity, over.resolve);
    const progress = setInterval(() => {
      onProgress(parts.reduce((sum, { echoes }) => sum + echoes, 0));
    }, PROGRESS_MS);
    for (const part of parts) part.start();
    try {
      const broken = parts.map(({ broken }) => broken);
      await Promise.race([over.promise, stopped.promise, ...broken]);
    } finally {
      cancel();
      clearInterval(progress);
    }
  }
  const reports = await Promise.all(parts.map((part) => part.stop()));
  return { ...sumReports(reports), opened };
}

function untilAborted(signal: AbortSignal): PromiseWithResolvers<undefined> {
  const stopped = Promise.withResolvers<undefined>();
  const stop = () => stopped.resolve(undefined);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop);
  return stopped;
}

/**
 * Gives each part its share of the connections, and of the rate with them.
 *
 * @param plan the whole.
 * @param count how many parts there may be; there is none without a connection.
 */
export function share(plan: LoadPlan, count: number): readonly LoadPlan[] {
  const { connections, rate } = plan;
  const parts = Math.min(count, connections);
  let firstConnection = plan.firstConnection;
  return Array.from({ length: parts }, (_, at) => {
    const own = Math.floor(connections / parts) +
      (at < connections % parts ? 1 : 0);
    const part = {
      ...plan,
      connections: own,
      firstConnection,
      rate: rate && rate * own / connections,
    };
    firstConnection += own;
    return part;
  });
}

function sumOpened(all: readonly Opened[]): Opened {
  const failures = new Failures();
  for (const opened of all) failures.merge(opened.failures);
  const open = all.reduce((sum, { open }) => sum + open, 0);
  return { open, failures: failures.counts };
}

function sumReports(
  reports: readonly LoadReport[],
): Omit<BenchResult, "opened"> {
  const times = new HdrHistogram();
  const failures = new Failures();
  for (const report of reports) {
    times.merge(report.times);
    failures.merge(report.failures);
  }
  const sum = (count: (report: LoadReport) => number) =>
    reports.map(count).reduce((one, other) => one + other, 0);
  return {
    echoes: sum(({ echoes }) => echoes),
    durationMs: Math.max(...reports.map(({ durationMs }) => durationMs)),
    unsent: sum(({ unsent }) => unsent),
    wrong: reports.find(({ wrong }) => wrong !== undefined)?.wrong,
    failures: failures.counts as readonly FailureCount[],
    times,
  };
}
