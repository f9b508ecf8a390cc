/**
 * What a load is, and what has come of it: types only, all of which can be sent
 * to another thread.
 *
 * @module
 */

import type { FailureKind } from "../failure.ts";
import type { HistogramData } from "../hdr_histogram.ts";
import type { Target } from "../target.ts";

/** What is to be done, by one thread or by all. */
export interface LoadPlan {
  /** The server. */
  readonly target: Target;
  /** Who else vouches for it, as PEM. */
  readonly ca?: string;
  /** Connections at once. */
  readonly connections: number;
  /** The number of the first of them, from 0 on. */
  readonly firstConnection: number;
  /** The size of a message, in bytes. */
  readonly size: number;
  /** Messages on their way at once on each connection. */
  readonly pipeline: number;
  /** Messages a second in all; as many as come back unless it is said. */
  readonly rate?: number;
  /** How long an answer may take, in milliseconds; 0: for ever. */
  readonly timeoutMs: number;
  /** What the bytes of messages depend on. */
  readonly seed: number;
}

/** Failures of one kind. */
export interface FailureCount {
  /** What has gone wrong. */
  readonly kind: FailureKind;
  /** How often. */
  readonly count: number;
  /** What it was the first time. */
  readonly message: string;
}

/** What has come of opening the connections. */
export interface Opened {
  /** How many are open. */
  readonly open: number;
  /** Why others are not; of those that were not tried, it says nothing. */
  readonly failures: readonly FailureCount[];
}

/** Messages without an answer. */
export interface Unanswered {
  /** How many there are. */
  readonly count: number;
  /** How long the oldest has waited, in milliseconds. */
  readonly oldestMs: number;
}

/** What has come of a load. */
export interface LoadReport {
  /** Messages that have come back as they were, until the end. */
  readonly echoes: number;
  /** Those that came back in the moment that was left to them after the end. */
  readonly afterEnd: number;
  /** How long they were sent, in milliseconds. */
  readonly durationMs: number;
  /** How long all of those took. */
  readonly times: HistogramData;
  /** How long those have waited at least that had no answer, or were not sent. */
  readonly waits: HistogramData;
  /** What has gone wrong. */
  readonly failures: readonly FailureCount[];
  /** Messages that were on their way when something went wrong. */
  readonly lost: number;
  /** Messages that were due and never sent, because others had to be waited for. */
  readonly unsent: number;
  /** Messages that were still on their way in the end. */
  readonly unanswered: Unanswered;
  /** Datagrams that came back after they were given up. */
  readonly late: number;
  /** Datagrams that came back again. */
  readonly duplicates: number;
  /** Where a server was found wrong, which has ended all of it. */
  readonly wrong?: string;
}

/** A load, or the part of it that one thread has. */
export interface LoadPart {
  /** Connections that were opened until now. */
  readonly open: number;
  /** Messages that have come back until now. */
  readonly echoes: number;
  /** Settles once it takes orders. */
  readonly started: Promise<void>;
  /** Settles if it cannot go on; rejects if its thread is no more. */
  readonly broken: Promise<void>;
  /** Opens the connections, until it is stopped or there is no hope. */
  connect(): Promise<Opened>;
  /** Begins to send. */
  start(): void;
  /** Ends, and tells what has come of it. */
  stop(): Promise<LoadReport>;
}
