/**
 * The status as JSON has it.
 *
 * @module
 */

import type { ConnectionView, Protocol } from "../echo_connection.ts";
import type { Fault } from "../faults/types.ts";
import { formatPeer } from "../listen_url.ts";
import type { HttpStats, ServerStats } from "../metrics.ts";
import type { DatagramStats } from "../udp/drops.ts";
import type { EndedConnection } from "./ended.ts";
import { type About, seconds } from "./prometheus.ts";
import type { Rates } from "./rates.ts";
import type { Subject } from "./subject.ts";

/** What `/api/status` tells. */
export interface StatusReport {
  /** The version of echod. */
  readonly version: string;
  /** Name and version of the runtime. */
  readonly runtime: string;
  /** Whether it takes newcomers, or ends those it has. */
  readonly state: Subject["state"];
  /** When the server started (ISO 8601). */
  readonly startedAt: string;
  /** When this was so (ISO 8601). */
  readonly timestamp: string;
  /** How long the server has run. */
  readonly uptimeSeconds: number;
  /** Where it listens. */
  readonly listeners: readonly ListenerReport[];
  /** What it has done about connections. */
  readonly connections: ConnectionsReport;
  /** What it has done about datagrams. */
  readonly datagrams: DatagramStats;
  /** What it has done about HTTP. */
  readonly http: HttpStats;
  /** How long echoes took. */
  readonly latency: LatencyReport;
  /** The faults in force. */
  readonly faults: readonly Fault[];
  /** The seed of what faults leave to chance. */
  readonly seed: number;
}

/** Where the server listens. */
export interface ListenerReport {
  /** The listener's URL, with its real port. */
  readonly url: string;
  /** What it speaks, such as `tcp`. */
  readonly protocol: string;
}

/** What the server has done about connections. */
export interface ConnectionsReport
  extends Omit<ServerStats, "latency" | "datagrams" | "http"> {
  /** Those that are open, the oldest first, as far as they are listed. */
  readonly list: readonly ConnectionReport[];
  /** How many that are open are not listed. */
  readonly omitted: number;
  /** Those that have ended, the latest first. */
  readonly recent: readonly EndedConnection[];
}

/** A connection that is open. */
export interface ConnectionReport {
  /** 1 for the server's first connection, and so on. */
  readonly id: number;
  /** The peer's `HOST:PORT`; `unix` on a Unix socket. */
  readonly peer: string;
  /** The client's `HOST:PORT`, where the peer is a proxy that tells it. */
  readonly client?: string;
  /** What kind of listener it came to. */
  readonly protocol: Protocol;
  /** How long ago its echo began. */
  readonly ageSeconds: number;
  /** Bytes received to be echoed. */
  readonly bytesIn: number;
  /** Bytes echoed. */
  readonly bytesOut: number;
  /** Bytes a second of late, both ways together. */
  readonly bytesPerSecond: number;
}

/** How long echoes took. */
export interface LatencyReport {
  /** How many were measured. */
  readonly count: number;
  /** How long they took together. */
  readonly sumSeconds: number;
  /** How many took at most `leSeconds`, but longer than the bucket before. */
  readonly buckets: readonly {
    /** The longest that counts here. */
    readonly leSeconds: number;
    /** How many. */
    readonly count: number;
  }[];
  /** How many took longer than the last bucket. */
  readonly overflow: number;
}

/** What a report tells besides the subject. */
export interface ReportContext extends About {
  /** Measures how fast connections are. */
  readonly rates: Rates;
  /** The connections that have ended, the latest first. */
  readonly ended: readonly EndedConnection[];
}

// A server may have more connections than anybody wants to read of.
const MOST_LISTED = 1000;

/** Makes the report of now. */
export function makeReport(
  subject: Subject,
  { version, startedAt, rates, ended }: ReportContext,
): StatusReport {
  const { runtime, state, urls, faults, seed } = subject;
  const { latency, datagrams, http, ...connections } = subject.stats;
  const open = [...subject.connections].sort((a, b) => a.id - b.id);
  const listed = open.slice(0, MOST_LISTED);
  const now = new Date();
  return {
    ...{ version, runtime, state },
    startedAt: startedAt.toISOString(),
    timestamp: now.toISOString(),
    uptimeSeconds: seconds(now.getTime() - startedAt.getTime()),
    listeners: urls.map((url) => ({ url, protocol: url.split(":")[0] })),
    connections: {
      ...connections,
      list: listConnections(listed, rates),
      omitted: connections.open - listed.length,
      recent: ended,
    },
    ...{ datagrams, http, latency: inSeconds(latency), faults, seed },
  };
}

function listConnections(
  connections: readonly ConnectionView[],
  rates: Rates,
): ConnectionReport[] {
  const bytesPerSecond = rates.look(connections);
  return connections.map((connection, at) => {
    const { id, peer, client, protocol, ageMs, bytesIn, bytesOut } = connection;
    return {
      id,
      peer: formatPeer(peer),
      ...(client && { client: formatPeer(client) }),
      protocol,
      ageSeconds: seconds(ageMs),
      ...{ bytesIn, bytesOut, bytesPerSecond: bytesPerSecond[at] },
    };
  });
}

function inSeconds(latency: ServerStats["latency"]): LatencyReport {
  const { count, sumMs, buckets, overflow } = latency;
  return {
    count,
    sumSeconds: seconds(sumMs),
    buckets: buckets.map(({ leMs, count }) => ({
      leSeconds: seconds(leMs),
      count,
    })),
    overflow,
  };
}
