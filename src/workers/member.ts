/**
 * One worker, as the program sees it.
 *
 * @module
 */

import type { Decision } from "../faults/decisions.ts";
import type { Fault } from "../faults/types.ts";
import type { ServerRecord } from "../records.ts";
import { startTimer } from "../timer.ts";
import type { Notice, Order, WorkerOptions, WorkerReport } from "./messages.ts";
import { Tally } from "./tally.ts";

/** A thread that takes orders. */
export interface Thread {
  /** Gives it one. */
  postMessage(order: Order): void;
  /** Ends it, whatever it does. */
  terminate(): void;
  /** Told of what it says, and of its death. */
  addEventListener(
    type: "message" | "error" | "messageerror" | "close",
    listener: (event: Event) => void,
  ): void;
}

/** What a member is started with. */
export interface MemberOptions {
  /** Starts its thread. */
  readonly spawn: () => Thread;
  /** What its server is started with. */
  readonly start: WorkerOptions;
  /** Told of what its server tells. */
  readonly onRecord: (record: ServerRecord) => void;
  /** Told of what its server leaves to chance. */
  readonly onDecision: (decision: Decision) => void;
}

/** How a member has ended: in order, or why not. */
export type MemberEnd = { readonly failure?: string };

// A worker that does not answer for so long shows the numbers of before.
const LONGEST_REPORT_MS = 1000;
// One that does not stop is ended with whatever it does.
const LONGEST_CLOSE_MS = 1000;

// How long one that has failed is heard out.
const TURN_MS = 5;
const QUIET_TURNS = 4;
const MOST_TURNS = 200;

/** A worker and its server. */
export class Member {
  /** Settles once it accepts connections; rejects with why it does not. */
  readonly started: Promise<void>;
  /** Settles when it is over, whatever came of it. */
  readonly ended: Promise<MemberEnd>;
  /** What it has told of itself last. */
  report?: WorkerReport;
  /** What its records have told. */
  readonly told: Tally = new Tally();
  #thread: Thread;
  #isReady = false;
  #isOver = false;
  #failure?: string;
  #heard = 0;
  #cancel = () => {};
  #early: Order[] = [];
  #options: MemberOptions;
  #end = Promise.withResolvers<MemberEnd>();
  #listening = Promise.withResolvers<void>();
  #reported = Promise.withResolvers<void>();
  #asked = 0;
  #answered = 0;

  /** @param options what it is started with; `started` tells whether it is. */
  constructor(options: MemberOptions) {
    this.ended = this.#end.promise;
    this.started = Promise.race([
      this.#listening.promise,
      this.ended.then(({ failure = "it was closed" }) => {
        throw new Error(failure);
      }),
    ]);
    // Whoever does not wait for the start is told of the end.
    this.started.catch(() => {});
    this.#options = options;
    this.#thread = options.spawn();
    this.#thread.addEventListener("message", (event) => {
      this.#take((event as MessageEvent<Notice>).data);
    });
    this.#thread.addEventListener("error", (event) => {
      // Otherwise it would be the end of the whole program.
      event.preventDefault();
      if (this.#isOver) return;
      this.#failure ??= reasonOf((event as ErrorEvent).message);
      this.#hearOut();
    });
    this.#thread.addEventListener("close", () => {
      this.#over({ failure: this.#failure ?? "its thread has ended" });
    });
  }

  /**
   * Asks for a report; settles when it is there, or a second later. With it, the
   * thread has done all that it was told before.
   */
  async refresh(): Promise<void> {
    const number = ++this.#asked;
    this.#order({ order: "report" });
    const patience = Promise.withResolvers<void>();
    const cancel = startTimer(LONGEST_REPORT_MS, patience.resolve);
    let isOver = false;
    const over = Promise.race([this.ended, patience.promise])
      .then(() => void (isOver = true));
    // The first to come may be the answer to an earlier order.
    while (this.#answered < number && !isOver) {
      await Promise.race([this.#reported.promise, over]);
    }
    cancel();
  }

  /** Replaces the faults of newcomers. */
  setFaults(faults: readonly Fault[]): void {
    this.#order({ order: "faults", faults });
  }

  /** Has its server shut down; `ended` tells when it has. */
  shutdown(timeoutMs: number): void {
    this.#order({ order: "shutdown", timeoutMs });
  }

  /** Has its server drop everything; `ended` tells when it has. */
  close(): void {
    this.#order({ order: "close" });
    const cancel = startTimer(LONGEST_CLOSE_MS, () => {
      this.#over({ failure: "it did not stop when it was told to" });
    });
    this.ended.then(cancel);
  }

  #order(order: Order): void {
    if (this.#isReady) this.#thread.postMessage(order);
    else this.#early.push(order);
  }

  #take(notice: Notice): void {
    this.#heard++;
    switch (notice.notice) {
      case "ready":
        this.#isReady = true;
        this.#order({ order: "start", start: this.#options.start });
        for (const order of this.#early) this.#order(order);
        break;
      case "listening":
        this.#listening.resolve();
        break;
      case "failed":
        this.#over({ failure: notice.message });
        break;
      case "record":
        this.told.note(notice.record, notice.protocol);
        this.#options.onRecord(notice.record);
        break;
      case "decision":
        this.#options.onDecision(notice.decision);
        break;
      case "report":
        this.report = notice.report;
        this.#answered++;
        this.#reported.resolve();
        this.#reported = Promise.withResolvers();
        break;
      case "progress":
        this.report = notice.report;
        break;
      case "finished":
        this.#over({});
    }
  }

  // On Deno, an error overtakes what its thread has told before, which would be
  // lost with the thread: some turns without a word, and that was all.
  #hearOut(quiet = 0, turns = 0): void {
    if (quiet === QUIET_TURNS || turns === MOST_TURNS) {
      return this.#over({ failure: this.#failure });
    }
    const heard = this.#heard;
    this.#cancel();
    this.#cancel = startTimer(TURN_MS, () => {
      this.#hearOut(this.#heard === heard ? quiet + 1 : 0, turns + 1);
    });
  }

  #over(end: MemberEnd): void {
    this.#isOver = true;
    this.#cancel();
    this.#end.resolve(end);
    this.#thread.terminate();
  }
}

// Bun shows the source around an error, and the error below it.
function reasonOf(message: string): string {
  const line = /^error: (.+)$/m.exec(message)?.[1] ?? message.split("\n")[0];
  return line || "it gives no reason";
}
