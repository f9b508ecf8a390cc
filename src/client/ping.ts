/**
 * One echo after another.
 *
 * @module
 */

import { Pauses } from "../timer.ts";
import type { ClientOptions, EchoClient, Stray } from "./client.ts";
import { ExactTimes } from "./exact_times.ts";
import { ExchangeError, type FailureKind } from "./failure.ts";
import type { HdrHistogram } from "./hdr_histogram.ts";
import { Noise, randomSeed } from "./noise.ts";
import { openClient } from "./open.ts";
import type { Target } from "./target.ts";

/** What happens, as it happens. */
export type PingEvent =
  | {
    readonly event: "reply";
    readonly seq: number;
    readonly bytes: number;
    readonly timeMs: number;
  }
  | {
    readonly event: "failure";
    readonly seq: number;
    readonly kind: FailureKind;
    readonly message: string;
  }
  | {
    readonly event: "lost";
    readonly kind: FailureKind;
    readonly message: string;
  }
  | { readonly event: Stray["kind"]; readonly seq: number };

/** What has come of all. */
export interface PingSummary {
  /** Messages that were sent, or were to be. */
  readonly sent: number;
  /** Those that have come back as they were. */
  readonly received: number;
  /** Answers that came after they were given up. */
  readonly late: number;
  /** Answers that came again. */
  readonly duplicates: number;
  /**
   * Whether all have come back as they were, at least one, and nothing that was
   * never sent has; a datagram may come twice, as networks have it.
   */
  readonly isIntact: boolean;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** How long the answers took. */
  readonly times: HdrHistogram;
}

/** How it is done. */
export interface PingOptions extends Omit<ClientOptions, "onStray"> {
  /** How many messages; as many as there is time for unless it is said. */
  readonly count?: number;
  /** The time from one message to the next; longer if an answer takes longer. */
  readonly intervalMs: number;
  /** The size of a message, in bytes. */
  readonly size: number;
  /** Stops it. */
  readonly signal: AbortSignal;
  /** Told of what happens. */
  readonly tell: (event: PingEvent) => void;
}

// Once it is stopped, an answer that is on its way still has so long.
const GRACE_MS = 500;
// What should not be there may come just after what should.
const AFTERMATH_MS = 10;

class Pinger {
  #target: Target;
  #options: PingOptions;
  #noise: Noise;
  #client?: EchoClient;
  #pauses = new Pauses();
  #times = new ExactTimes();
  #sent = 0;
  #late = 0;
  #duplicates = 0;
  #isWrong = false;

  constructor(target: Target, options: PingOptions) {
    this.#target = target;
    this.#options = options;
    this.#noise = new Noise(randomSeed(), options.size);
  }

  async run(): Promise<PingSummary> {
    const { count = Infinity, intervalMs, signal } = this.#options;
    const began = performance.now();
    signal.addEventListener("abort", () => this.#pauses.end());
    let due = began;
    while (!signal.aborted && this.#sent < count) {
      this.#tellOfLoss();
      await this.#ping(++this.#sent);
      due = Math.max(due + intervalMs, performance.now());
      if (this.#sent < count) await this.#pauseUntil(due);
    }
    const durationMs = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
    this.#tellOfLoss();
    this.#client?.close();
    const received = this.#times.count;
    return {
      sent: this.#sent,
      received,
      late: this.#late,
      duplicates: this.#duplicates,
      isIntact: received > 0 && received === this.#sent && !this.#isWrong,
      durationMs,
      times: this.#times,
    };
  }

  async #pauseUntil(due: number): Promise<void> {
    if (this.#options.signal.aborted) return;
    await this.#pauses.pause(Math.max(due - performance.now(), 0));
  }

  async #ping(seq: number): Promise<void> {
    const { size, tell } = this.#options;
    try {
      const timeMs = await this.#orStopped(this.#exchange(seq));
      this.#times.record(timeMs);
      tell({ event: "reply", seq, bytes: size, timeMs });
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const { kind, message } = error;
      tell({ event: "failure", seq, kind, message });
      if (this.#client?.failure) this.#client = undefined;
    }
  }

  async #exchange(seq: number): Promise<number> {
    this.#client ??= await openClient(this.#target, {
      ...this.#options,
      onStray: (stray) => this.#takeStray(stray),
    });
    const bytes = this.#noise.message(seq, this.#options.size);
    const began = performance.now();
    await this.#client.exchange({ number: seq, bytes });
    return performance.now() - began;
  }

  // Waits for an answer, and a little longer once all of it is stopped.
  async #orStopped(answer: Promise<number>): Promise<number> {
    const { signal } = this.#options;
    const { promise, reject } = Promise.withResolvers<never>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      const error = new ExchangeError(
        "timeout",
        "no answer until it was stopped",
      );
      timer = setTimeout(() => reject(error), GRACE_MS);
    };
    signal.addEventListener("abort", stop);
    try {
      return await Promise.race([answer, promise]);
    } finally {
      signal.removeEventListener("abort", stop);
      clearTimeout(timer);
      answer.catch(() => {});
    }
  }

  #takeStray({ kind, number }: Stray): void {
    if (kind === "late") this.#late++;
    else this.#duplicates++;
    // The answer itself may have come in this very turn, and is told first.
    setTimeout(() => this.#options.tell({ event: kind, seq: number }), 0);
  }

  // A connection that has ended between two messages.
  #tellOfLoss(): void {
    const failure = this.#client?.failure;
    if (!failure) return;
    this.#client = undefined;
    if (failure.isWrongAnswer) this.#isWrong = true;
    const { kind, message } = failure;
    this.#options.tell({ event: "lost", kind, message });
  }
}

/**
 * Sends messages to an echo server, one after another, and measures how long
 * each takes to come back.
 *
 * @param target the server.
 * @param options how many, how often and how large.
 * @returns what has come of them.
 */
export function ping(
  target: Target,
  options: PingOptions,
): Promise<PingSummary> {
  return new Pinger(target, options).run();
}
