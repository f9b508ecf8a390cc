/**
 * Counts what comes of a load.
 *
 * @module
 */

import type { Stray } from "../client.ts";
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
  /** Messages that were on their way when something went wrong. */
  lost = 0;
  /** Datagrams that came back after they were given up. */
  late = 0;
  /** Datagrams that came back again. */
  duplicates = 0;
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

  /** Counts a datagram that nobody waits for any more. */
  takeStray(kind: Stray["kind"]): void {
    if (kind === "late") this.late++;
    else this.duplicates++;
  }

  /**
   * Takes down that a message has not come back.
   *
   * @param error why not.
   * @param connection the number of its connection, from 0 on.
   * @param message its number on that connection, from 1 on.
   * @param lost how many were on their way there.
   */
  fail(
    error: ExchangeError,
    connection: number,
    message: number,
    lost: number,
  ): void {
    this.lost += lost;
    // What else comes of a server that is wrong says nothing more.
    if (this.wrong !== undefined) return;
    this.failures.add(error);
    if (!error.isWrongAnswer) return;
    this.wrong = `connection ${connection + 1}, message ${message}: ` +
      error.message;
    this.#break();
  }
}
