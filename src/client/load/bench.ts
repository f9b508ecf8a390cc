/**
 * Puts a load on a server, from one thread or several.
 *
 * @module
 */

import { startTimer } from "../../timer.ts";
import { errorText } from "../../errors.ts";
import type { LoadPart, LoadPlan, LoadReport, Opened } from "./plan.ts";
import { type BenchResult, sumOpened, sumReports } from "./sum.ts";
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
  /** How long its parts may take to start, in milliseconds. */
  readonly startLimitMs?: number;
  /** Told now and then how many connections are open, until all are. */
  readonly onConnecting?: (open: number) => void;
  /** Told when the connections are open, or not. */
  readonly onOpened: (opened: Opened) => void | Promise<void>;
  /** Told now and then how many messages have come back. */
  readonly onProgress: (echoes: number) => void;
}

const PROGRESS_MS = 200;

// Far more threads than cores would take minutes, and measure only themselves.
const LONGEST_START_MS = 10_000;

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
  const tell = async () => {
    // What else comes of a server that is wrong says nothing more.
    if (!crew.isBroken) await options.onOpened(crew.opened);
  };
  const progress = setInterval(() => {
    options.onConnecting?.(crew.open);
  }, PROGRESS_MS);
  let isConnected = false;
  try {
    await crew.start(share(plan, options.parts), options);
    await crew.connect(options.signal);
    clearInterval(progress);
    // Of those that were still being opened, the parts tell as they stop.
    isConnected = crew.isConnected;
    if (isConnected) await tell();
    if (isConnected) await crew.play(options);
  } finally {
    clearInterval(progress);
    // Whatever has happened, no thread is left behind.
    await crew.stop();
  }
  if (!isConnected) await tell();
  return crew.result;
}

/** All parts of a load. */
class Crew {
  /** Whether all connections are open, or not to be opened. */
  isConnected = false;
  #opened: Opened[] = [];
  #isOver = false;
  #parts: LoadPart[] = [];
  #reports: LoadReport[] = [];
  #failed = new Set<LoadPart>();
  #failures = new Failures();
  // Where the server was found wrong first.
  #broken?: LoadPart;
  #hasBroken = Promise.withResolvers<void>();
  #hasFailed = Promise.withResolvers<void>();

  async start(
    plans: readonly LoadPlan[],
    { createPart, signal, startLimitMs = LONGEST_START_MS }: BenchOptions,
  ): Promise<void> {
    let started = 0;
    let isLate = false;
    const late = Promise.withResolvers<void>();
    const cancel = startTimer(startLimitMs, () => {
      isLate = true;
      late.resolve();
    });
    try {
      const starting: Promise<void>[] = [];
      for (const plan of plans) {
        if (isLate || signal.aborted || this.#failed.size > 0) break;
        const part = createPart(plan);
        this.#add(part);
        starting.push(part.started.then(() => void started++));
        // To make a thread takes long enough for others to want a turn.
        if (plans.length > 1) await new Promise((go) => setTimeout(go, 0));
      }
      await Promise.race([
        ...[Promise.all(starting), late.promise],
        ...[untilAborted(signal), this.#hasFailed.promise],
      ]);
    } finally {
      cancel();
    }
    if (!isLate || started === plans.length) return;
    const seconds = startLimitMs / 1000;
    const message = `not started within ${seconds} s: use fewer threads`;
    this.#failures.add({ kind: "thread", message }, plans.length - started);
    this.#isOver = true;
  }

  #add(part: LoadPart): void {
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
    if (this.#isOver || signal.aborted || this.#failed.size > 0) return;
    const opening = this.#parts.map((part) =>
      part.connect().then(
        (opened) => void this.#opened.push(opened),
        (error) => this.#fail(part, error),
      )
    );
    const all = Promise.all(opening).then(() => this.isConnected = true);
    await Promise.race([
      ...[all, untilAborted(signal)],
      ...[this.#hasBroken.promise, this.#hasFailed.promise],
    ]);
  }

  /** How many connections are open by now. */
  get open(): number {
    return this.#parts.reduce((sum, { open }) => sum + open, 0);
  }

  /** Whether the server was found wrong. */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** What has come of opening the connections, as far as it is known. */
  get opened(): Opened {
    return sumOpened(this.#opened);
  }

  async play({ durationMs, signal, onProgress }: BenchOptions): Promise<void> {
    if (this.opened.open === 0 || this.#failed.size > 0) return;
    if (signal.aborted) return;
    const over = Promise.withResolvers<void>();
    let cancel = () => {};
    const progress = setInterval(() => {
      onProgress(this.#parts.reduce((sum, { echoes }) => sum + echoes, 0));
    }, PROGRESS_MS);
    try {
      for (const part of this.#parts) part.start();
      // What the first messages take is not taken from the load.
      cancel = startTimer(durationMs || Infinity, over.resolve);
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
