/**
 * Adds up what several servers have done.
 *
 * @module
 */

import type { ServerStats } from "../metrics.ts";

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

/** What the records of a worker have told of its connections. */
export interface Told {
  /** How many it has let in. */
  readonly accepted: number;
  /** How many have ended, by reason. */
  readonly closed: ServerStats["closed"];
  /** Those that have not. */
  readonly open: { readonly size: number };
}

/**
 * What is left of statistics when a worker has died. Its records may have told
 * more than its last report; by protocol and in bytes, the report is all.
 *
 * @param report what it has told last.
 * @param told what its records have told.
 * @returns the same, in which nothing is open any more.
 */
export function endedStats(report: ServerStats, told: Told): ServerStats {
  const closed: Record<string, number> = { ...report.closed };
  for (const [reason, count] of Object.entries(told.closed)) {
    closed[reason] = Math.max(closed[reason] ?? 0, count);
  }
  const lost = told.open.size;
  if (lost > 0) closed.error = (closed.error ?? 0) + lost;
  const protocols = Object.fromEntries(
    Object.entries(report.protocols).map(([name, counts]) =>
      [name, { ...counts, open: 0 }] as const
    ),
  ) as unknown as ServerStats["protocols"];
  return {
    ...report,
    open: 0,
    accepted: Math.max(report.accepted, told.accepted),
    ...{ closed, protocols },
    http: { ...report.http, webSockets: 0 },
  };
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
