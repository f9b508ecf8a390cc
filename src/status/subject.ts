/**
 * What the status server is about: the part of the echo server that it tells.
 *
 * @module
 */

import type { ConnectionView } from "../echo_connection.ts";
import type { Fault } from "../faults/types.ts";
import type { ServerStats } from "../metrics.ts";

/** The server that a status server tells of. */
export interface Subject {
  /** Whether it takes newcomers, or ends those it has. */
  readonly state: "running" | "draining";
  /** Name and version of the runtime. */
  readonly runtime: string;
  /** The URLs of its listeners, with real ports. */
  readonly urls: readonly string[];
  /** The connections that are open, or the first thousand of them at least. */
  readonly connections: ReadonlySet<ConnectionView>;
  /** What it has done until now. */
  readonly stats: ServerStats;
  /** The faults in force. */
  readonly faults: readonly Fault[];
  /** The seed of what faults leave to chance. */
  readonly seed: number;
  /** Brings the numbers up to date, where that takes time. */
  refresh?(): Promise<void>;
  /** Replaces the faults; throws an `OptionError` if it cannot. */
  setFaults(faults: readonly Fault[]): void;
}
