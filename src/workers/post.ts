/**
 * The place of one worker, which another takes when it dies.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { ConnectionView } from "../echo_connection.ts";
import { errorText } from "../errors.ts";
import type { DecisionLog } from "../faults/decisions.ts";
import type { Fault } from "../faults/types.ts";
import type { ServerStats } from "../metrics.ts";
import type { ServerRecord } from "../records.ts";
import type { Ledger } from "./ledger.ts";
import { Member, type Thread } from "./member.ts";
import type { WorkerOptions } from "./messages.ts";
import { endedStats, sumStats } from "./sum.ts";
import type { OpenConnection } from "./tally.ts";

/** What a post is made for. */
export interface PostOptions {
  /** Starts a thread. */
  readonly spawn: () => Thread;
  /** What each worker's server is started with. */
  readonly start: WorkerOptions;
  /** The numbers that are shared. */
  readonly ledger: Ledger;
  /** Keeps what is left to chance. */
  readonly log?: DecisionLog;
  /** Told of everything that happens. */
  readonly tell: (record: ServerRecord) => void;
}

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;
// A worker that has lived so long did not die of its start.
const LONG_LIFE_MS = 60_000;

/** The place of one worker. */
export class Post {
  /** Settles once it is closed and its last worker is gone. */
  readonly over: Promise<void>;
  #over = Promise.withResolvers<void>();
  #options: PostOptions;
  #member?: Member;
  #faults?: readonly Fault[];
  // What workers have done that are no more.
  #past: ServerStats[] = [];
  #closing = new AbortController();

  /** @param options what its workers are like. */
  constructor(options: PostOptions) {
    this.#options = options;
    this.over = this.#over.promise;
  }

  /** What its workers have done. */
  get stats(): readonly ServerStats[] {
    const { report } = this.#member ?? {};
    return report ? [...this.#past, report.stats] : this.#past;
  }

  /** The open connections of its worker. */
  get views(): readonly ConnectionView[] {
    return this.#member?.report?.connections ?? [];
  }

  /**
   * Starts the first worker, and sees to it that there always is one.
   *
   * @throws {Error} if it cannot be started.
   */
  async fill(): Promise<void> {
    this.#keep(await this.#start());
  }

  /** Brings the numbers up to date. */
  async refresh(): Promise<void> {
    await this.#member?.refresh();
  }

  /** Replaces the faults of newcomers. */
  setFaults(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#member?.setFaults(faults);
  }

  /** Has the worker shut down, and takes no other. */
  shutdown(timeoutMs: number): void {
    this.#closing.abort();
    if (this.#member) this.#member.shutdown(timeoutMs);
    else this.#over.resolve();
  }

  /** Has the worker drop everything, and takes no other. */
  close(): void {
    this.#closing.abort();
    if (this.#member) this.#member.close();
    else this.#over.resolve();
  }

  async #start(): Promise<Member> {
    const { spawn, start, tell, log } = this.#options;
    const faults = this.#faults ?? start.options.faults;
    const member = new Member({
      spawn,
      start: { ...start, options: { ...start.options, faults } },
      onRecord: tell,
      onDecision: (decision) => log?.write(decision),
    });
    // From now on it hears what the others are told.
    this.#member = member;
    try {
      await member.started;
      await member.refresh();
      return member;
    } catch (error) {
      this.#member = undefined;
      this.#options.ledger.forget(start.member);
      if (this.#closing.signal.aborted) this.#over.resolve();
      throw error;
    }
  }

  async #keep(first: Member): Promise<void> {
    let member: Member | undefined = first;
    let backoffMs = 0;
    while (member) {
      const bornAt = performance.now();
      const { failure } = await member.ended;
      this.#bury(member, failure);
      if (this.#closing.signal.aborted) break;
      if (performance.now() - bornAt > LONG_LIFE_MS) backoffMs = 0;
      [member, backoffMs] = await this.#replace(backoffMs);
    }
    this.#over.resolve();
  }

  #bury(member: Member, failure: string | undefined): void {
    const { ledger, start, tell } = this.#options;
    this.#member = undefined;
    const lost = [...member.told.open.values()];
    this.#past = [sumStats([...this.#past, endedStats(member)])];
    ledger.forget(start.member);
    if (failure === undefined) return;
    const error = `Worker ${start.member + 1} has died: ${failure}`;
    const message = `${error}; its ${lost.length} connections are lost`;
    tell({ event: "error", message });
    const { connections = [] } = member.report ?? {};
    const views = new Map(connections.map((view) => [view.id, view]));
    for (const connection of lost) {
      tell(lostRecord(connection, views.get(connection.record.id), error));
    }
  }

  async #replace(
    backoffMs: number,
  ): Promise<[member: Member | undefined, backoffMs: number]> {
    const { signal } = this.#closing;
    const { start, tell } = this.#options;
    for (;;) {
      await delay(backoffMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return [undefined, backoffMs];
      const next = Math.min(
        Math.max(2 * backoffMs, FIRST_BACKOFF_MS),
        LONGEST_BACKOFF_MS,
      );
      try {
        return [await this.#start(), next];
      } catch (error) {
        const message = `Cannot replace worker ${start.member + 1}: ` +
          `${errorText(error)}; trying again`;
        tell({ event: "error", message });
        backoffMs = next;
      }
    }
  }
}

// What has gone over it since the last report, its worker has taken along.
function lostRecord(
  { record, since }: OpenConnection,
  view: ConnectionView | undefined,
  error: string,
): ServerRecord {
  const { id, peer, client } = record;
  const { bytesIn = 0, bytesOut = 0 } = view ?? {};
  const durationMs = Math.round(performance.now() - since);
  return {
    event: "disconnect",
    ...{ id, peer, ...(client !== undefined && { client }) },
    ...{ bytesIn, bytesOut, durationMs, reason: "error", error },
  };
}
