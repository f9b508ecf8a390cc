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

/**
 * What is left of statistics when a worker has died.
 *
 * @param all what its predecessors had done, and what it has told last.
 * @param lost the connections that have gone with it.
 * @returns the sum, in which nothing is open any more.
 */
export function endedStats(
  all: readonly ServerStats[],
  lost: readonly unknown[],
): ServerStats {
  const sum = sumStats(all);
  const { error = 0 } = sum.closed;
  const protocols = Object.fromEntries(
    Object.entries(sum.protocols).map((
      [name, counts],
    ) => [name, { ...counts, open: 0 }]),
  ) as unknown as ServerStats["protocols"];
  return {
    ...sum,
    open: 0,
    closed: {
      ...sum.closed,
      ...(lost.length > 0 && { error: error + lost.length }),
    },
    protocols,
    http: { ...sum.http, webSockets: 0 },
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
