/**
 * What a server has done, in numbers.
 *
 * @module
 */

import type { EchoConnection, EndReason, Protocol } from "./echo_connection.ts";
import { Histogram, type LatencyStats } from "./histogram.ts";
import type { RefusalReason } from "./limits.ts";
import type { DatagramStats } from "./udp/drops.ts";

/**
 * What a server has done about connections until now.
 *
 * @example How many are open
 * ```ts
 * import { type ConnectionStats, serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * const { open, accepted }: ConnectionStats = server.stats;
 * console.log(open, accepted); // 0 0
 * ```
 */
export interface ConnectionStats {
  /** Connections that are open. */
  readonly open: number;
  /** Connections that were let in. */
  readonly accepted: number;
  /** Connections that have ended, by reason. */
  readonly closed: Readonly<Partial<Record<EndReason, number>>>;
  /** Connections that were turned away, by reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  /** TLS handshakes that failed. */
  readonly failedHandshakes: number;
  /** Bytes received to be echoed, on all connections. */
  readonly bytesIn: number;
  /** Bytes echoed, on all connections. */
  readonly bytesOut: number;
  /** The same by what their listener speaks. */
  readonly protocols: Readonly<Record<Protocol, ProtocolStats>>;
  /** How long echoes took; of streams, one in 64 and the first are measured. */
  readonly latency: LatencyStats;
}

/**
 * What a server has done about the connections of one protocol.
 *
 * @example How many came over TLS
 * ```ts
 * import { type ProtocolStats, serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * const { accepted }: ProtocolStats = server.stats.protocols.tls;
 * console.log(accepted); // 0
 * ```
 */
export interface ProtocolStats {
  /** Connections that are open. */
  readonly open: number;
  /** Connections that were let in. */
  readonly accepted: number;
  /** Bytes received to be echoed. */
  readonly bytesIn: number;
  /** Bytes echoed. */
  readonly bytesOut: number;
}

/**
 * What a server has done until now.
 *
 * @example How much has gone through
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * const { open, bytesIn } = server.stats;
 * console.log(open, bytesIn); // 0 0
 * ```
 */
export interface ServerStats extends ConnectionStats {
  /** What it has done about datagrams. */
  readonly datagrams: DatagramStats;
  /** What it has done about HTTP. */
  readonly http: HttpStats;
}

/** What a server without HTTP listeners has done about HTTP. */
export const NO_HTTP: HttpStats = {
  ...{ requests: 0, answers: {} },
  ...{ webSockets: 0, messagesIn: 0, messagesOut: 0 },
};

/**
 * What a server has done about HTTP until now.
 *
 * @example How many requests there were
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({ listen: "http://127.0.0.1:0" });
 * await (await fetch(server.url)).text();
 * console.log(server.stats.http.requests);
 * ```
 */
export interface HttpStats {
  /** Requests that were answered, by status; 101 for WebSockets. */
  readonly answers: Readonly<Record<number, number>>;
  /** Requests, answered or not. */
  readonly requests: number;
  /** WebSockets that are open. */
  readonly webSockets: number;
  /** Messages received over WebSockets. */
  readonly messagesIn: number;
  /** Messages sent over WebSockets. */
  readonly messagesOut: number;
}

const PROTOCOLS = ["tcp", "tls", "unix", "http", "https"] as const;

type Counts = { -readonly [K in keyof ProtocolStats]: number };

const NOTHING: ProtocolStats = {
  open: 0,
  accepted: 0,
  bytesIn: 0,
  bytesOut: 0,
};

/** Counts what a server does about connections. */
export class Metrics {
  /** How long echoes take. */
  readonly latency: Histogram = new Histogram();
  #closed: Partial<Record<EndReason, number>> = {};
  #refused: Partial<Record<RefusalReason, number>> = {};
  #failedHandshakes = 0;
  // Of connections that are open, the bytes are not in here.
  #counts = noCounts();

  /** Counts a connection that was let in. */
  accepted({ protocol }: EchoConnection): void {
    this.#counts[protocol].accepted++;
  }

  /** Counts a connection that was turned away. */
  refused(reason: RefusalReason): void {
    this.#refused[reason] = (this.#refused[reason] ?? 0) + 1;
  }

  /** Counts a TLS handshake that failed. */
  handshakeFailed(): void {
    this.#failedHandshakes++;
  }

  /** Counts a connection that has ended. */
  closed(reason: EndReason, connection: EchoConnection): void {
    this.#closed[reason] = (this.#closed[reason] ?? 0) + 1;
    addBytes(this.#counts[connection.protocol], connection);
  }

  /** The numbers of now, with those of open connections. */
  snapshot(open: ReadonlySet<EchoConnection>): ConnectionStats {
    const protocols = structuredClone(this.#counts);
    for (const connection of open) {
      const counts = protocols[connection.protocol];
      counts.open++;
      addBytes(counts, connection);
    }
    const sums = { ...NOTHING } as Counts;
    for (const counts of Object.values(protocols)) {
      for (const key of Object.keys(sums) as (keyof Counts)[]) {
        sums[key] += counts[key];
      }
    }
    return {
      ...sums,
      protocols,
      closed: { ...this.#closed },
      refused: { ...this.#refused },
      failedHandshakes: this.#failedHandshakes,
      latency: this.latency.stats,
    };
  }
}

function noCounts(): Record<Protocol, Counts> {
  return Object.fromEntries(
    PROTOCOLS.map((protocol) => [protocol, { ...NOTHING }]),
  ) as Record<Protocol, Counts>;
}

function addBytes(
  counts: Counts,
  { bytesIn, bytesOut }: Pick<EchoConnection, "bytesIn" | "bytesOut">,
): void {
  counts.bytesIn += bytesIn;
  counts.bytesOut += bytesOut;
}
