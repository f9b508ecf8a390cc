/**
 * What a server has done, in numbers.
 *
 * @module
 */

import type { EchoConnection, EndReason } from "./connection.ts";
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
}

/** Counts what a server does. */
export class Metrics {
  #accepted = 0;
  #closed: Partial<Record<EndReason, number>> = {};
  #refused: Partial<Record<RefusalReason, number>> = {};
  #failedHandshakes = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  /** Counts a connection that was let in. */
  accepted(): void {
    this.#accepted++;
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
  closed(reason: EndReason, { bytesIn, bytesOut }: EchoConnection): void {
    this.#closed[reason] = (this.#closed[reason] ?? 0) + 1;
    this.#bytesIn += bytesIn;
    this.#bytesOut += bytesOut;
  }

  /** The numbers of now, with those of open connections. */
  snapshot(open: ReadonlySet<EchoConnection>): ConnectionStats {
    let [bytesIn, bytesOut] = [this.#bytesIn, this.#bytesOut];
    for (const connection of open) {
      bytesIn += connection.bytesIn;
      bytesOut += connection.bytesOut;
    }
    return {
      open: open.size,
      accepted: this.#accepted,
      closed: { ...this.#closed },
      refused: { ...this.#refused },
      failedHandshakes: this.#failedHandshakes,
      bytesIn,
      bytesOut,
    };
  }
}
