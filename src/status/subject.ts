/**
 * What the status server is about: the part of the echo server that it tells.
 *
 * @module
 */

import type { EchoConnection } from "../echo_connection.ts";
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
  /** The connections that are open, a live view. */
  readonly connections: ReadonlySet<EchoConnection>;
  /** What it has done until now. */
  readonly stats: ServerStats;
  /** The faults in force. */
  readonly faults: readonly Fault[];
  /** The seed of what faults leave to chance. */
  readonly seed: number;
  /** Replaces the faults; throws an `OptionError` if it cannot. */
  setFaults(faults: readonly Fault[]): void;
}
