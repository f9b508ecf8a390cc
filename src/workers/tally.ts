/**
 * What the records of a worker have told, for when nothing else is left of it.
 *
 * @module
 */

import type { EndReason, Protocol } from "../echo_connection.ts";
import type { RefusalReason } from "../limits.ts";
import type { ConnectRecord, ServerRecord } from "../records.ts";

/** A connection of a worker. */
export interface OpenConnection {
  /** What was told when it began. */
  readonly record: ConnectRecord;
  /** What its listener speaks. */
  readonly protocol: Protocol;
  /** When it began, on the clock of `performance.now()`. */
  readonly since: number;
}

/** What was done over the connections of one protocol. */
export interface Told {
  /** Connections that were let in. */
  accepted: number;
  /** Bytes received over those that have ended. */
  bytesIn: number;
  /** Bytes echoed over those that have ended. */
  bytesOut: number;
}

/** Counts what records tell. */
export class Tally {
  /** The connections that are open. */
  readonly open = new Map<number, OpenConnection>();
  /** What was done, by protocol; where nothing was, there is none. */
  readonly protocols: Partial<Record<Protocol, Told>> = {};
  /** Connections that have ended, by reason. */
  readonly closed: Partial<Record<EndReason, number>> = {};
  /** Connections that were turned away, by reason. */
  readonly refused: Partial<Record<RefusalReason, number>> = {};
  /** Requests that were answered, by status. */
  readonly answers: Record<number, number> = {};
  /** Requests that are over. */
  requests = 0;

  /**
   * Counts a record.
   *
   * @param record what was told.
   * @param protocol what the listener speaks, of a connection that begins.
   */
  note(record: ServerRecord, protocol: Protocol = "tcp"): void {
    switch (record.event) {
      case "connect": {
        const since = performance.now();
        this.open.set(record.id, { record, protocol, since });
        this.of(protocol).accepted++;
        break;
      }
      case "disconnect": {
        const { id, reason, bytesIn, bytesOut } = record;
        const connection = this.open.get(id);
        this.closed[reason] = (this.closed[reason] ?? 0) + 1;
        this.open.delete(id);
        if (connection) this.add(connection.protocol, { bytesIn, bytesOut });
        break;
      }
      case "refused":
        this.refused[record.reason] = (this.refused[record.reason] ?? 0) + 1;
        break;
      case "request":
        this.requests++;
        // 0 is no answer.
        if (record.status === 0) break;
        this.answers[record.status] = (this.answers[record.status] ?? 0) + 1;
    }
  }

  /** Counts the bytes of a connection that is over. */
  add(
    protocol: Protocol,
    { bytesIn, bytesOut }: Pick<Told, "bytesIn" | "bytesOut">,
  ): void {
    const told = this.of(protocol);
    told.bytesIn += bytesIn;
    told.bytesOut += bytesOut;
  }

  /** What was done over the connections of a protocol. */
  of(protocol: Protocol): Told {
    return this.protocols[protocol] ??= {
      accepted: 0,
      bytesIn: 0,
      bytesOut: 0,
    };
  }
}
