/**
 * Counts what comes of a load.
 *
 * @module
 */

import type { ExchangeError, FailureKind } from "../failure.ts";
import { HdrHistogram } from "../hdr_histogram.ts";
import type { FailureCount } from "./plan.ts";

/** Failures, by kind. */
export class Failures {
  #byKind = new Map<FailureKind, FailureCount>();

  /** Counts one, or several that are alike. */
  add({ kind, message }: Pick<ExchangeError, "kind" | "message">, count = 1) {
    const known = this.#byKind.get(kind);
    this.#byKind.set(kind, {
      kind,
      count: (known?.count ?? 0) + count,
      message: known?.message ?? message,
    });
  }

  /** Adds what another has counted. */
  merge(counts: readonly FailureCount[]): void {
    for (const failure of counts) this.add(failure, failure.count);
  }

  /** All of them, the most frequent first. */
  get counts(): readonly FailureCount[] {
    return [...this.#byKind.values()].sort((a, b) => b.count - a.count);
  }
}

/** What has come of a load until now. */
export class Tally {
  /** How long messages took to come back. */
  readonly times: HdrHistogram = new HdrHistogram();
  /** What has gone wrong. */
  readonly failures: Failures = new Failures();
  /** Where the server was found wrong. */
  wrong?: string;
  /** Settles once it was. */
  readonly broken: Promise<void>;
  #break: () => void;

  /** Counts nothing yet. */
  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.broken = promise;
    this.#break = resolve;
  }

  /**
   * Takes down that a message has not come back.
   *
   * @param error why not.
   * @param connection the number of its connection, from 0 on.
   * @param message its number on that connection, from 1 on.
   */
  fail(error: ExchangeError, connection: number, message: number): void {
    // What else comes of a server that is wrong says nothing more.
    if (this.wrong !== undefined) return;
    this.failures.add(error);
    if (!error.isWrongAnswer) return;
    this.wrong = `connection ${connection + 1}, message ${message}: ` +
      error.message;
    this.#break();
  }
}
