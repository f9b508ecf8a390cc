/**
 * Threads that do what a test says, for tests of what commands them.
 *
 * @module
 */

import type { Protocol } from "../../src/echo_connection.ts";
import type { ConnectRecord } from "../../src/records.ts";
import { Ledger } from "../../src/workers/ledger.ts";
import type { Thread } from "../../src/workers/member.ts";
import type {
  Notice,
  Order,
  WorkerOptions,
  WorkerReport,
} from "../../src/workers/messages.ts";
import { soon } from "../server_process.ts";
import { NO_STATS } from "../status/fake_subject.ts";

type Listener = (event: Event) => void;

/** A worker that has done nothing. */
export const NO_REPORT: WorkerReport = { stats: NO_STATS, connections: [] };

/** A thread that says what the test lets it say. */
export class FakeThread implements Thread {
  /** What it was told, in order. */
  readonly orders: Order[] = [];
  /** Whether it was ended by force. */
  isTerminated = false;
  /** What it answers who asks for a report; `undefined`: nothing. */
  report?: WorkerReport = NO_REPORT;
  #listeners: { readonly type: string; readonly listener: Listener }[] = [];

  postMessage(order: Order): void {
    this.orders.push(order);
    const { report } = this;
    if (order.order !== "report" || report === undefined) return;
    // Real threads do not answer in the middle of a call, either.
    queueMicrotask(() => this.say({ notice: "report", report }));
  }

  terminate(): void {
    this.isTerminated = true;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }

  /** The kinds of its orders. */
  get told(): string[] {
    return this.orders.map(({ order }) => order);
  }

  /** Lets it say something; nobody hears it once it is terminated. */
  say(notice: Notice): void {
    if (this.isTerminated) return;
    this.emit(new MessageEvent("message", { data: notice }));
  }

  /** Lets it start as real ones do. */
  listen(): void {
    this.say({ notice: "ready" });
    this.say({ notice: "listening" });
  }

  /** Lets it tell of a connection that has begun. */
  connect(id: number, protocol: Protocol = "tcp"): ConnectRecord {
    const record = { event: "connect", id, peer: `192.0.2.1:${id}` } as const;
    this.say({ notice: "record", record, protocol });
    return record;
  }

  /** Lets it die of an error, and gives back what its program was told. */
  die(message: string): ErrorEvent {
    const event = new ErrorEvent("error", { message, cancelable: true });
    this.emit(event);
    return event;
  }

  /** Calls those who listen for an event. */
  emit(event: Event): void {
    for (const { type, listener } of [...this.#listeners]) {
      if (type === event.type) listener(event);
    }
  }
}

/** Starts fake threads, and keeps them. */
export class Spawner {
  /** The threads so far. */
  readonly threads: FakeThread[] = [];
  /** When each was started, on the clock of `performance.now()`. */
  readonly times: number[] = [];
  #changed = Promise.withResolvers<void>();
  #prepare: (thread: FakeThread) => void;

  /** @param prepare called with each thread before it is used. */
  constructor(prepare: (thread: FakeThread) => void = () => {}) {
    this.#prepare = prepare;
  }

  /** Starts a thread. */
  readonly spawn = (): FakeThread => {
    const thread = new FakeThread();
    this.#prepare(thread);
    this.times.push(performance.now());
    this.threads.push(thread);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    return thread;
  };

  /** Waits for the `nth` thread, 1 for the first. */
  thread(nth: number): Promise<FakeThread> {
    const wait = async () => {
      while (this.threads.length < nth) await this.#changed.promise;
      return this.threads[nth - 1];
    };
    return soon(wait(), `thread ${nth}`);
  }
}

/** Lets everything happen that needs no more than its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** What a worker is started with. */
export function startOf(ledger: Ledger, member = 0): WorkerOptions {
  return {
    options: { listen: [], faults: [] },
    chance: { seed: 7, isLogged: false },
    ...{ ledger: ledger.handle, member },
  };
}

/** A ledger for two, without limits. */
export function smallLedger(): Ledger {
  return Ledger.create({
    ...{ members: 2, maxConnections: 0, maxConnectionsPerIp: 0 },
  });
}
