/**
 * Opens all that a server is made of, or nothing.
 *
 * @module
 */

import { Decisions } from "./faults/decisions.ts";
import { type FaultPlans, plansOf } from "./faults/plan.ts";
import { randomSeed } from "./faults/random.ts";
import type { Runtime } from "./host.ts";
import type { HttpPlane } from "./http/plane.ts";
import { type Endpoint, isHttp, openEndpoints } from "./listen.ts";
import { Metrics } from "./metrics.ts";
import type { ServerRecord } from "./records.ts";
import {
  checkOptions,
  datagramOptions,
  type ServerOptions,
} from "./server_options.ts";
import { safeTeller } from "./tell.ts";

/** What a server is made of, once its addresses are taken. */
export interface Parts {
  /** What it runs on. */
  readonly runtime: Runtime;
  /** Where connections and datagrams come in. */
  readonly endpoints: readonly Endpoint[];
  /** What answers requests, if there are listeners for them. */
  readonly http?: HttpPlane;
  /** Counts what happens. */
  readonly metrics: Metrics;
  /** Decides what is left to chance. */
  readonly decisions: Decisions;
  /** The faults to begin with. */
  readonly plans: FaultPlans;
  /** Told of everything that happens; does not throw. */
  readonly tell: (record: ServerRecord) => void;
}

/**
 * Opens all that a server is made of.
 *
 * @param runtime what it runs on.
 * @param options where it listens, its limits and who hears of it.
 * @returns the parts; the addresses are taken.
 * @throws {OptionError} if the options do not go together, or are not safe.
 * @throws {ListenError} if the system refuses an address.
 * @throws {PermissionError} if Deno may not listen there.
 */
export async function openParts(
  runtime: Runtime,
  options: ServerOptions,
): Promise<Parts> {
  checkOptions(runtime, options);
  const { listen, faults = [], reset = faults.length > 0 } = options;
  const { tls, unixMode, onBound, history = 0, shared } = options;
  const { decisions = new Decisions(randomSeed()) } = options;
  const datagrams = datagramOptions(options);
  const shares = shared !== undefined;
  const needs = { reset, shares, tls, unixMode, datagrams };
  const endpoints = await openEndpoints(runtime, listen, needs);
  const plans = plansOf(faults, decisions);
  const metrics = new Metrics();
  const tell = safeTeller(options.onRecord);
  let http: HttpPlane | undefined;
  try {
    if (listen.some(isHttp)) {
      const meter = metrics.latency;
      const plan = plans.messages;
      const settings = { ...options, history, plan, meter, tell };
      const { HttpPlane } = await import("./http/plane.ts");
      http = await HttpPlane.start(runtime, settings);
    }
    onBound?.();
    return { runtime, endpoints, http, metrics, decisions, plans, tell };
  } catch (error) {
    for (const endpoint of endpoints) endpoint.close();
    await http?.close();
    throw error;
  }
}
