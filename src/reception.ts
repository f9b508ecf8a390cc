/**
 * Lets connections in and sees each to its end.
 *
 * @module
 */

import {
  Arrivals,
  ArrivalTimeout,
  isTrusted,
  type ProxyOptions,
} from "./arrival.ts";
import { Connection } from "./connection.ts";
import type { EndReason, Protocol } from "./echo_connection.ts";
import { errorText } from "./errors.ts";
import type { FaultPlan } from "./faults/plan.ts";
import {
  descriptorsOf,
  type Guest,
  ipOf,
  isRequested,
  namesOf,
  type Newcomer,
} from "./guest.ts";
import { History } from "./history.ts";
import {
  Admission,
  type AdmissionControl,
  type RefusalReason,
} from "./limits.ts";
import type { ConnectionStats, Metrics } from "./metrics.ts";
import type { Conn, NetAddr } from "./net.ts";
import { failedEcho, finishEcho, startEcho } from "./protocols/stream.ts";
import { connectRecord, disconnectRecord } from "./reception_records.ts";
import { Recording } from "./recording.ts";
import type { ReceptionOptions } from "./reception_options.ts";
import { Watchdog } from "./watchdog.ts";

/** The connections of a server. */
export class Reception {
  /** The faults of connections that come from now on. */
  plan: FaultPlan;
  /** Those that can be waited for. */
  readonly history: History;
  #connections = new Set<Connection>();
  #arrivals = new Arrivals();
  #options: ReceptionOptions;
  #admission: AdmissionControl;
  #watchdog: Watchdog;
  #metrics: Metrics;
  #maxBytes: number;
  #arriving = 0;
  #lastId = 0;
  #farewell?: EndReason;

  /** @param options what it goes by. */
  constructor(options: ReceptionOptions) {
    const { limits, room, shared, plan, history = 0 } = options;
    this.#options = options;
    this.plan = plan;
    this.history = new History(history);
    this.#metrics = options.metrics;
    this.#watchdog = new Watchdog(limits, this.#connections);
    const { maxConnections, maxConnectionsPerIp, maxBytes } = limits;
    this.#maxBytes = maxBytes || Infinity;
    this.#admission = shared?.admission(room) ??
      new Admission(maxConnections, maxConnectionsPerIp, room);
  }

  /** The connections that are open, a live view. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** Whether no connection is open, nor about to be. */
  get isIdle(): boolean {
    return this.#connections.size === 0 && this.#arriving === 0;
  }

  /** What has happened until now. */
  get stats(): ConnectionStats {
    return this.#metrics.snapshot(this.#connections);
  }

  /**
   * Lets a connection in, or turns it away.
   *
   * @param conn the connection.
   * @param protocol what its listener speaks.
   */
  receive(conn: Conn, protocol: Protocol): void {
    const newcomer = { conn, protocol };
    const refusal = this.#admission.enter(descriptorsOf(protocol));
    if (refusal) return this.#refuse(conn, refusal);
    const { proxy } = this.#options;
    if (!proxy) return this.#admit(newcomer);
    if (isTrusted(proxy, conn.remoteAddr)) {
      // Whoever has not said yet who it is need not be waited for.
      if (this.#farewell) conn.abort();
      this.#identify(newcomer, proxy);
      return;
    }
    if (proxy.mode === "optional") return this.#admit(newcomer);
    this.#admission.leave(descriptorsOf(protocol));
    this.#refuse(conn, "untrusted-proxy");
  }

  /** Ends every connection in order, those that are still to come included. */
  endAll(reason: EndReason): void {
    this.#farewell = reason;
    // Nothing was received of them that is to be echoed.
    this.#arrivals.abortAll();
    for (const connection of this.#connections) {
      this.#watchdog.end(connection, reason);
    }
  }

  /** Drops every connection that is open. */
  abortAll(reason: EndReason): void {
    if (reason === "shutdown") this.#farewell = reason;
    this.#arrivals.abortAll();
    for (const connection of this.#connections) connection.abort(reason);
  }

  #nextId(): number {
    return this.#options.shared?.nextConnection() ?? ++this.#lastId;
  }

  #refuse(conn: Conn, reason: RefusalReason, client?: NetAddr): void {
    conn.close();
    this.#metrics.refused(reason);
    this.#options.tell({ event: "refused", ...namesOf(conn, client), reason });
  }

  // Finds out for whom a proxy speaks, then lets that client in.
  async #identify(
    { conn, protocol }: Newcomer,
    { mode }: ProxyOptions,
  ): Promise<void> {
    const { idleTimeoutMs, handshakeTimeoutMs } = this.#options.limits;
    const isOptional = mode === "optional";
    // Who needs no header may be silent for as long as any client.
    const timeoutMs = isOptional ? idleTimeoutMs : handshakeTimeoutMs;
    this.#arriving++;
    await this.#arrivals.readProxyHeader(conn, mode, timeoutMs).then(
      (client) => this.#admit({ conn, protocol }, client),
      (failure) => {
        if (isOurDoing(conn, failure)) {
          return this.#admission.leave(descriptorsOf(protocol));
        }
        const isIdle = isOptional && failure instanceof ArrivalTimeout;
        const guest = { id: this.#nextId(), protocol, hits: [], failure };
        this.#start(conn, guest, isIdle ? "idle-timeout" : undefined);
      },
    );
    this.#arriving--;
    this.#checkIdle();
  }

  #admit({ conn, protocol }: Newcomer, client?: NetAddr): void {
    const ip = ipOf(client ?? conn.remoteAddr);
    const refusal = this.#admission.enterIp(ip);
    if (refusal) {
      this.#admission.leave(descriptorsOf(protocol));
      return this.#refuse(conn, refusal, client);
    }
    const id = this.#nextId();
    const hits = this.plan.hits(id, ip);
    if (hits.some(({ fault }) => fault.kind === "refuse")) {
      this.#leave({ id, protocol, hits, ip });
      return this.#refuse(conn, "fault", client);
    }
    const guest = { id, protocol, hits, ip, client };
    if (conn.startTls) this.#secure(conn, guest);
    else this.#start(conn, guest);
  }

  async #secure(conn: Conn, guest: Guest): Promise<void> {
    const { handshakeTimeoutMs } = this.#options.limits;
    this.#arriving++;
    this.history.expect(guest.id);
    try {
      // Nothing was received that is to be echoed.
      if (this.#farewell) conn.abort();
      const tls = await this.#arrivals.startTls(conn, handshakeTimeoutMs);
      this.#start(conn, { ...guest, tls });
    } catch (error) {
      if (!isOurDoing(conn, error)) this.#tellOfHandshake(conn, guest, error);
      conn.abort();
      this.#leave(guest);
    } finally {
      this.#arriving--;
      this.#checkIdle();
    }
  }

  #tellOfHandshake(conn: Conn, { client }: Guest, error: unknown): void {
    this.#metrics.handshakeFailed();
    const message = `TLS handshake failed: ${errorText(error)}`;
    const names = namesOf(conn, client);
    this.#options.tell({ event: "error", ...names, message });
  }

  // Of somebody who has a number and never gets a connection.
  #leave({ id, protocol, ip }: Guest): void {
    this.#admission.leaveIp(ip);
    this.#admission.leave(descriptorsOf(protocol));
    this.history.skip(id);
  }

  #checkIdle(): void {
    if (this.isIdle) this.#options.onIdle();
  }

  #start(conn: Conn, guest: Guest, early?: EndReason): void {
    let connection: Connection | undefined;
    try {
      connection = this.#connect(conn, guest);
      this.#serve(connection, early);
    } catch (error) {
      this.#fail(conn, guest, error);
      if (connection) {
        connection.abort("error");
        return this.#over(connection, error);
      }
      this.#leave(guest);
      this.#checkIdle();
    }
  }

  #fail(conn: Conn, { id }: Guest, error: unknown): void {
    conn.abort();
    const message = `Connection ${id} failed: ${errorText(error)}`;
    this.#options.tell({ event: "error", message });
  }

  #serve(connection: Connection, early?: EndReason): void {
    const { shared, tell } = this.#options;
    this.#connections.add(connection);
    if (early) connection.end(early);
    this.#metrics.accepted(connection);
    this.#watchdog.watch();
    shared?.opening?.(connection.protocol);
    tell(connectRecord(connection));
    this.history.add(connection);
    // Accepted in the very moment that the listener was closed.
    if (this.#farewell) this.#watchdog.end(connection, this.#farewell);
    const onFinish = (error: unknown) => this.#over(connection, error);
    finishEcho(connection, this.#maxBytes, onFinish);
  }

  #over(connection: Connection, error: unknown): void {
    // Whoever fails may come here twice.
    if (!this.#connections.delete(connection)) return;
    const { conn, guest, reason = "error" } = connection;
    this.#admission.leaveIp(guest.ip);
    this.#admission.leave(descriptorsOf(guest.protocol));
    try {
      this.#metrics.closed(reason, connection);
      this.#options.tell(disconnectRecord(connection, error));
    } catch (failure) {
      this.#fail(conn, guest, failure);
    }
    connection.settle();
    if (this.#connections.size === 0) this.#watchdog.stop();
    this.#checkIdle();
  }

  #connect(conn: Conn, guest: Guest): Connection {
    const { recordLimit, http } = this.#options;
    const maxBytes = this.#maxBytes;
    const recording = recordLimit === undefined
      ? undefined
      : new Recording(recordLimit);
    const onReceive = recording &&
      ((data: Uint8Array) => recording.add(data));
    const onEnd = (reason: EndReason) => this.#watchdog.end(connection, reason);
    const echo = guest.failure
      ? failedEcho(guest.failure)
      : isRequested(guest.protocol)
      ? http!.serve(conn, guest, { maxBytes, onReceive, onEnd })
      : startEcho(conn, {
        ...{ maxBytes, hits: guest.hits, onReceive },
        onFault: () => onEnd("fault"),
        meter: this.#metrics.latency,
      });
    // Named, since a fault may ask for it later.
    const connection = new Connection(guest, conn, echo, recording);
    return connection;
  }
}

// Whether an arrival failed because the server dropped it, to stop.
function isOurDoing(conn: Conn, failure: unknown): boolean {
  return conn.closed && !(failure instanceof ArrivalTimeout);
}
