/**
 * Tells about every second what a worker has done, for when it dies.
 *
 * @module
 */

import type { ServerStats } from "../metrics.ts";

/** How long after a change it is told of. */
export const REPORT_MS = 1000;

/** What is told of. */
interface Subject {
  /** What was done until now. */
  readonly stats: ServerStats;
}

/** Tells about every second what is new, while there is anything to tell of. */
export class Reporter {
  #subject: () => Subject | undefined;
  #report: () => void;
  #timer?: ReturnType<typeof setTimeout>;
  #latest = "";
  #isOver = false;

  /**
   * @param subject looks up what is told of, once it is there.
   * @param report tells of it.
   */
  constructor(subject: () => Subject | undefined, report: () => void) {
    this.#subject = subject;
    this.#report = report;
  }

  /** Notes that something has happened. */
  wake(): void {
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => this.#look(), REPORT_MS);
  }

  /** Tells nothing more. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const stats = this.#subject()?.stats;
    if (!stats) return this.wake();
    const text = JSON.stringify(stats);
    const isNew = text !== this.#latest;
    this.#latest = text;
    if (isNew) this.#report();
    // Bytes come without a word; with nobody there, nothing does.
    if (isNew || stats.open > 0) this.wake();
  }
}
