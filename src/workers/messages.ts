/**
 * What a program and its workers say to each other: types only. All of it can
 * be cloned.
 *
 * @module
 */

import type { ConnectionView, Protocol } from "../echo_connection.ts";
import type { Decision } from "../faults/decisions.ts";
import type { Fault } from "../faults/types.ts";
import type { ServerStats } from "../metrics.ts";
import type { ServerRecord } from "../records.ts";
import type { ServerOptions } from "../server_options.ts";
import type { LedgerHandle } from "./ledger.ts";

/** What a worker's server is started with; functions stay behind. */
export interface WorkerOptions {
  /** The options that are data. */
  readonly options: Omit<ServerOptions, "proxy">;
  /** Whose PROXY headers are read, as text. */
  readonly proxy?: {
    readonly mode: "optional" | "require";
    readonly trusted: readonly string[];
  };
  /** What is left to chance. */
  readonly chance: {
    readonly seed: number;
    /** The decisions of an earlier run. */
    readonly replay?: readonly Decision[];
    /** Whether decisions are told. */
    readonly isLogged: boolean;
  };
  /** The numbers that are shared. */
  readonly ledger: LedgerHandle;
  /** The worker's own number, from 0. */
  readonly member: number;
}

/** What a worker tells of itself when it is asked. */
export interface WorkerReport {
  /** What it has done until now. */
  readonly stats: ServerStats;
  /** Its open connections, or the first thousand of them. */
  readonly connections: readonly ConnectionView[];
}

/** What a worker is told. */
export type Order =
  | { readonly order: "start"; readonly start: WorkerOptions }
  | { readonly order: "report" }
  | { readonly order: "faults"; readonly faults: readonly Fault[] }
  | { readonly order: "shutdown"; readonly timeoutMs: number }
  | { readonly order: "close" };

/** What a worker tells. */
export type Notice =
  | { readonly notice: "ready" }
  | { readonly notice: "listening" }
  | { readonly notice: "failed"; readonly message: string }
  | {
    readonly notice: "record";
    readonly record: ServerRecord;
    /** What the listener speaks, of a connection that begins. */
    readonly protocol?: Protocol;
  }
  | { readonly notice: "decision"; readonly decision: Decision }
  /** The answer to an order to report. */
  | { readonly notice: "report"; readonly report: WorkerReport }
  /** The same, unasked. */
  | { readonly notice: "progress"; readonly report: WorkerReport }
  | { readonly notice: "finished" };
