/**
 * Puts a load on a server, from one thread or several.
 *
 * @module
 */

import { startTimer } from "../../timer.ts";
import { errorText } from "../../errors.ts";
import { isWrong } from "../failure.ts";
import { formatTime } from "../format.ts";
import { HdrHistogram } from "../hdr_histogram.ts";
import type {
  LoadPart,
  LoadPlan,
  LoadReport,
  Opened,
  Unanswered,
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
export interface BenchResult extends Omit<LoadReport, "times" | "waits"> {
  /** What has come of opening the connections. */
  readonly opened: Opened;
  /** How long messages took to come back, or have waited at least. */
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
  const crew = new Crew();
  try {
    for (const own of share(plan, options.parts)) {
      crew.add(options.createPart(own));
    }
    await crew.connect(options.signal);
    options.onOpened(crew.opened);
    if (!options.signal.aborted) await crew.play(options);
  } finally {
    // Whatever has happened, no thread is left behind.
    await crew.stop();
  }
  return crew.result;
}

/** All parts of a load. */
class Crew {
  opened: Opened = { open: 0, failures: [] };
  #parts: LoadPart[] = [];
  #reports: LoadReport[] = [];
  #failed = new Set<LoadPart>();
  #failures = new Failures();
  // Where the server was found wrong first.
  #broken?: LoadPart;
  #hasBroken = Promise.withResolvers<void>();
  #hasFailed = Promise.withResolvers<void>();

  add(part: LoadPart): void {
    this.#parts.push(part);
    part.broken.then(() => {
      this.#broken ??= part;
      this.#hasBroken.resolve();
    }, (error) => this.#fail(part, error));
  }

  // The others end with it, and what they have measured is kept.
  #fail(part: LoadPart, error: unknown): void {
    // All that waited for it is told the same.
    if (this.#failed.has(part)) return;
    this.#failed.add(part);
    this.#failures.add({ kind: "thread", message: errorText(error) });
    this.#hasFailed.resolve();
  }

  async connect(signal: AbortSignal): Promise<void> {
    const all: Opened[] = [];
    const opening = this.#parts.map((part) =>
      part.connect().then(
        (opened) => void all.push(opened),
        (error) => this.#fail(part, error),
      )
    );
    const aborted = untilAborted(signal);
    await Promise.race([
      ...[Promise.all(opening), aborted, this.#hasFailed.promise],
    ]);
    this.opened = sumOpened(all);
  }

  async play({ durationMs, signal, onProgress }: BenchOptions): Promise<void> {
    if (this.opened.open === 0 || this.#failed.size > 0) return;
    const over = Promise.withResolvers<void>();
    const cancel = startTimer(durationMs || Infinity, over.resolve);
    const progress = setInterval(() => {
      onProgress(this.#parts.reduce((sum, { echoes }) => sum + echoes, 0));
    }, PROGRESS_MS);
    try {
      for (const part of this.#parts) part.start();
      await Promise.race([
        ...[over.promise, untilAborted(signal)],
        ...[this.#hasBroken.promise, this.#hasFailed.promise],
      ]);
    } finally {
      cancel();
      clearInterval(progress);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#parts.map(async (part) => {
      try {
        const report = await part.stop();
        // The first to be found wrong is told of, and it alone.
        if (part === this.#broken) this.#reports.unshift(report);
        else this.#reports.push(report);
      } catch (error) {
        this.#fail(part, error);
      }
    }));
  }

  get result(): BenchResult {
    return sumReports(this.opened, this.#reports, this.#failures);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve());
  return promise;
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

// The first report of a server that is wrong is the one that counts.
function sumReports(
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
