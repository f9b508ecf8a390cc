/**
 * What a reception goes by.
 *
 * @module
 */

import type { ProxyOptions } from "./arrival.ts";
import type { FaultPlan } from "./faults/plan.ts";
import type { LocalWeb } from "./http/local_web.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { Room } from "./net.ts";
import type { ServerRecord } from "./records.ts";
import type { Shared } from "./shared.ts";

/** What a reception goes by. */
export interface ReceptionOptions {
  /** The limits of connections. */
  readonly limits: Limits;
  /** What the process has room for. */
  readonly room?: Room;
  /** What it shares with servers on other threads, if there are any. */
  readonly shared?: Shared;
  /** Whose PROXY headers are read. Default: nobody's. */
  readonly proxy?: ProxyOptions;
  /** Answers the connections of HTTP listeners. */
  readonly http?: Pick<LocalWeb, "serve">;
  /** The faults at first. */
  readonly plan: FaultPlan;
  /** Bytes that are kept of what each connection receives. Default: none. */
  readonly recordLimit?: number;
  /** Connections that can be waited for, the latest. Default: none. */
  readonly history?: number;
  /** Counts what happens. */
  readonly metrics: Metrics;
  /** Told of everything that happens. */
  readonly tell: (record: ServerRecord) => void;
  /** Told each time that the last connection has ended. */
  readonly onIdle: () => void;
}
