/**
 * The latest connections that have ended.
 *
 * @module
 */

import type { DisconnectRecord, ServerRecord } from "../records.ts";

/** A connection that has ended. */
export interface EndedConnection extends Omit<DisconnectRecord, "event"> {
  /** When it ended (ISO 8601). */
  readonly endedAt: string;
}

const MOST_KEPT = 100;

/** Keeps the latest connections that have ended. */
export class EndedConnections {
  #latestFirst: EndedConnection[] = [];

  /** The connections, the latest first. */
  get list(): readonly EndedConnection[] {
    return this.#latestFirst;
  }

  /** Keeps the connection that a record tells the end of, if it does so. */
  record(record: ServerRecord): void {
    if (record.event !== "disconnect") return;
    const { event: _, ...connection } = record;
    const endedAt = new Date().toISOString();
    this.#latestFirst.unshift({ ...connection, endedAt });
    this.#latestFirst.length = Math.min(this.#latestFirst.length, MOST_KEPT);
  }
}
