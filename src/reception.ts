/**
 * Lets connections in and sees each to its end.
 *
 * @module
 */

import { Connection, type EndReason } from "./connection.ts";
import { errorText } from "./errors.ts";
import type { FaultPlan, Hit } from "./faults/plan.ts";
import { History } from "./history.ts";
import { Admission, type Limits, type RefusalReason } from "./limits.ts";
import { formatHost } from "./listen_url.ts";
import { Metrics, type ServerStats } from "./metrics.ts";
import type { Conn, Room } from "./net.ts";
import { finishEcho, startEcho } from "./protocols/stream.ts";
import { Recording } from "./recording.ts";
import type { ServerRecord } from "./records.ts";
import { Watchdog } from "./watchdog.ts";

/** What a reception goes by. */
export interface ReceptionOptions {
  /** The limits of connections. */
  readonly limits: Limits;
  /** What the process has room for. */
  readonly room?: Room;
  /** The faults at first. */
  readonly plan: FaultPlan;
  /** Bytes that are kept of what each connection receives. Default: none. */
  readonly recordLimit?: number;
  /** Connections that can be waited for, the latest. Default: none. */
  readonly history?: number;
  /** Told of everything that happens. */
  readonly tell: (record: ServerRecord) => void;
  /** Told each time that the last open connection has ended. */
  readonly onIdle: () => void;
}

/** The connections of a server. */
export class Reception {
  /** The faults of connections that come from now on. */
  plan: FaultPlan;
  /** Those that can be waited for. */
  readonly history: History;
  #connections = new Set<Connection>();
  #options: ReceptionOptions;
  #admission: Admission;
  #watchdog: Watchdog;
  #metrics = new Metrics();
  #lastId = 0;
  #farewell?: EndReason;

  /** @param options what it goes by. */
  constructor(options: ReceptionOptions) {
    const { limits, room, plan, history = 0 } = options;
    this.#options = options;
    this.plan = plan;
    this.history = new History(history);
    this.#watchdog = new Watchdog(limits, this.#connections);
    this.#admission = new Admission(
      limits.maxConnections,
      limits.maxConnectionsPerIp,
      room,
    );
  }

  /** The connections that are open, a live view. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** What has happened until now. */
  get stats(): ServerStats {
    return this.#metrics.snapshot(this.#connections);
  }

  /** Lets a connection in, or turns it away. */
  receive(conn: Conn): void {
    const { hostname } = conn.remoteAddr;
    const refusal = this.#admission.enter(hostname);
    if (refusal) return this.#refuse(conn, refusal);
    const id = ++this.#lastId;
    const hits = this.plan.hits(id, hostname);
    if (hits.some(({ fault }) => fault.kind === "refuse")) {
      this.#admission.leave(hostname);
      this.history.skip(id);
      return this.#refuse(conn, "fault");
    }
    this.#serve(id, conn, hits).catch((error) => {
      conn.abort();
      const message = `Connection ${id} failed: ${errorText(error)}`;
      this.#options.tell({ event: "error", message });
    });
  }

  /** Ends every connection in order, those that are still to come included. */
  endAll(reason: EndReason): void {
    this.#farewell = reason;
    for (const connection of this.#connections) {
      this.#watchdog.end(connection, reason);
    }
  }

  /** Drops every connection that is open. */
  abortAll(reason: EndReason): void {
    for (const connection of this.#connections) connection.abort(reason);
  }

  #refuse(conn: Conn, reason: RefusalReason): void {
    conn.close();
    this.#metrics.refused(reason);
    const peer = formatHost(conn.remoteAddr);
    this.#options.tell({ event: "refused", peer, reason });
  }

  async #serve(id: number, conn: Conn, hits: readonly Hit[]): Promise<void> {
    const { limits, recordLimit, tell, onIdle } = this.#options;
    const recording = recordLimit === undefined
      ? undefined
      : new Recording(recordLimit);
    const maxBytes = limits.maxBytes || Infinity;
    const echo = startEcho(conn, {
      maxBytes,
      hits,
      onReceive: recording && ((data) => recording.add(data)),
      onFault: () => this.#watchdog.end(connection, "fault"),
    });
    const connection = new Connection(id, conn, echo, recording);
    const peer = formatHost(connection.peer);
    this.#connections.add(connection);
    this.#metrics.accepted();
    this.#watchdog.watch();
    tell({ event: "connect", id, peer });
    this.history.add(connection);
    // Accepted in the very moment that the listener was closed.
    if (this.#farewell) this.#watchdog.end(connection, this.#farewell);

    const error = await finishEcho(connection, maxBytes);

    const { bytesIn, bytesOut, reason = "error" } = connection;
    const durationMs = Math.round(performance.now() - connection.openedAt);
    this.#connections.delete(connection);
    this.#admission.leave(connection.peer.hostname);
    this.#metrics.closed(reason, connection);
    tell({
      event: "disconnect",
      ...{ id, peer, bytesIn, bytesOut, durationMs, reason },
      ...(error !== undefined && { error: errorText(error) }),
    });
    connection.settle();
    if (this.#connections.size > 0) return;
    this.#watchdog.stop();
    onIdle();
  }
}
