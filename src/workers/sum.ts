/**
 * Adds up what several servers have done.
 *
 * @module
 */

import type { Protocol } from "../echo_connection.ts";
import { Metrics, NO_HTTP, type ServerStats } from "../metrics.ts";
import type { WorkerReport } from "./messages.ts";
import type { Tally, Told } from "./tally.ts";

/** Numbers, and objects of numbers, of one shape. */
type Tree = number | { readonly [key: string]: Tree } | readonly Tree[];

/**
 * Adds up statistics of several servers.
 *
 * @param all what each has done; at least one.
 * @returns what they have done together.
 */
export function sumStats(all: readonly ServerStats[]): ServerStats {
  const sum = all.map((stats) => stats as unknown as Tree).reduce(add);
  const { latency, ...rest } = sum as unknown as ServerStats;
  // The bounds of the buckets are no counts.
  const buckets = latency.buckets.map(({ count }, at) => ({
    leMs: all[0].latency.buckets[at].leMs,
    count,
  }));
  return { ...rest, latency: { ...latency, buckets } };
}

/** What is left of a worker. */
export interface Remains {
  /** What it has told of itself last, if it ever has. */
  readonly report?: WorkerReport;
  /** What its records have told. */
  readonly told: Tally;
}

/**
 * What is left of statistics when a worker has died: of each number, the larger
 * of what its last report and its records tell. Connections that are lost count
 * with the bytes that were last known of them.
 *
 * @param remains what is left of the worker.
 * @returns what it has done, in which nothing is open any more.
 */
export function endedStats({ report, told }: Remains): ServerStats {
  const { stats = noStats(), connections = [] } = report ?? {};
  const known = new Map(connections.map((view) => [view.id, view]));
  const all = structuredClone(told.protocols);
  for (const { record, protocol } of told.open.values()) {
    const { bytesIn = 0, bytesOut = 0 } = known.get(record.id) ?? {};
    all[protocol]!.bytesIn += bytesIn;
    all[protocol]!.bytesOut += bytesOut;
  }
  const protocols = Object.fromEntries(
    Object.entries(stats.protocols).map(([name, counts]) =>
      [name, { ...most(counts, all[name as Protocol]), open: 0 }] as const
    ),
  ) as ServerStats["protocols"];
  const ended = most(stats.closed, told.closed);
  const lost = told.open.size;
  const error = (ended.error ?? 0) + lost;
  const closed = lost > 0 ? { ...ended, error } : ended;
  const { accepted, bytesIn, bytesOut } = stats;
  return {
    ...stats,
    ...most({ accepted, bytesIn, bytesOut }, sumOf(Object.values(protocols))),
    ...{ open: 0, closed, protocols },
    refused: most(stats.refused, told.refused),
    http: {
      ...stats.http,
      answers: most(stats.http.answers, told.answers),
      requests: Math.max(stats.http.requests, told.requests),
      webSockets: 0,
    },
  };
}

function noStats(): ServerStats {
  const dropped = {};
  const datagrams = { received: 0, sent: 0, bytesIn: 0, bytesOut: 0, dropped };
  return { ...new Metrics().snapshot(new Set()), http: NO_HTTP, datagrams };
}

/** Each number of either, the larger one where both have it. */
function most<T extends object>(one: T, other: object = {}): T {
  const all = { ...one } as Record<string, number>;
  for (const [key, count] of Object.entries(other)) {
    all[key] = Math.max(all[key] ?? 0, count);
  }
  return all as T;
}

function sumOf(all: readonly Told[]): Told {
  const sum = { accepted: 0, bytesIn: 0, bytesOut: 0 };
  for (const counts of all) {
    sum.accepted += counts.accepted;
    sum.bytesIn += counts.bytesIn;
    sum.bytesOut += counts.bytesOut;
  }
  return sum;
}

function add(one: Tree = 0, other: Tree = 0): Tree {
  if (typeof one === "number" && typeof other === "number") return one + other;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.map((item, at) => add(item, other[at]));
  }
  const [left, right] = [one, other] as Record<string, Tree>[];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, addField(left[key], right[key])]),
  );
}

// A reason that only one of them knows counts for itself.
function addField(one: Tree | undefined, other: Tree | undefined): Tree {
  if (one === undefined) return other!;
  return other === undefined ? one : add(one, other);
}
