/**
 * The server: owns listeners and connections, and ends them in order.
 *
 * @module
 */

import { acceptLoop } from "./accept_loop.ts";
import { Connection, type EchoConnection } from "./connection.ts";
import { errorText } from "./errors.ts";
import { Decisions } from "./faults/decisions.ts";
import { readFaults } from "./faults/grammar.ts";
import { FaultPlan, type Hit } from "./faults/plan.ts";
import { randomSeed } from "./faults/random.ts";
import type { Fault } from "./faults/types.ts";
import { History } from "./history.ts";
import {
  Admission,
  type Limits,
  pickLimits,
  type RefusalReason,
} from "./limits.ts";
import { openListeners } from "./listen.ts";
import { formatHost, formatListenUrl } from "./listen_url.ts";
import type { Addr, Conn, Listener, Runtime } from "./net.ts";
import { Metrics, type ServerStats } from "./metrics.ts";
import { finishEcho, startEcho } from "./protocols/stream.ts";
import {
  acceptError,
  safeTeller,
  type ServerRecord,
  warnOfRoom,
} from "./records.ts";
import { Recording } from "./recording.ts";
import { startTimer } from "./timer.ts";
import type { WaitOptions } from "./wait.ts";
import {
  DEFAULT_SHUTDOWN_TIMEOUT_MS,
  type ServerOptions,
  type ShutdownOptions,
} from "./server_options.ts";
import { Watchdog } from "./watchdog.ts";

/**
 * A running echo server.
 *
 * @example From start to end
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * console.log(server.url, server.stats.open);
 * await server.shutdown({ timeoutMs: 1000 });
 * ```
 */
export class EchoServer {
  #listeners: readonly Listener[];
  #limits: Limits;
  #tell: (record: ServerRecord) => void;
  #connections = new Set<Connection>();
  #admission: Admission;
  #watchdog: Watchdog;
  #metrics = new Metrics();
  #history: History;
  #recordLimit?: number;
  #decisions: Decisions;
  #plan: FaultPlan;
  #lastId = 0;
  #listening = true;
  #stopping = new AbortController();
  #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(
    runtime: Runtime,
    listeners: readonly Listener[],
    options: ServerOptions,
  ) {
    this.#listeners = listeners;
    this.#limits = pickLimits(options);
    this.#tell = safeTeller(options.onRecord);
    this.#recordLimit = options.recordLimit;
    this.#history = new History(options.history ?? 0);
    this.#decisions = options.decisions ?? new Decisions(randomSeed());
    this.#plan = new FaultPlan(options.faults ?? [], this.#decisions);
    this.#watchdog = new Watchdog(this.#limits, this.#connections);
    this.#admission = new Admission(
      this.#limits.maxConnections,
      this.#limits.maxConnectionsPerIp,
      runtime.capabilities.room,
    );
    const warning = warnOfRoom(this.#limits, runtime.capabilities.room);
    if (warning) this.#tell(warning);
    const { name } = runtime;
    const seed = this.#plan.faults.length > 0 && { seed: this.seed };
    for (const url of this.urls) {
      this.#tell({ event: "listening", url, runtime: name, ...seed });
    }
    const loops = listeners.map((listener) =>
      acceptLoop(listener, {
        onConn: (conn) => this.#accept(conn),
        onError: (error) => this.#tell(acceptError(listener.addr, error)),
        signal: this.#stopping.signal,
      })
    );
    Promise.all(loops).then(() => {
      this.#listening = false;
      this.#finishIfIdle();
    });
  }

  /**
   * Starts a server.
   *
   * @param runtime what it runs on.
   * @param options where it listens, its limits and who hears of it.
   * @returns the server, which accepts connections by now.
   * @throws {ListenError} if the system refuses an address.
   * @throws {PermissionError} if Deno may not listen there.
   */
  static async start(
    runtime: Runtime,
    options: ServerOptions,
  ): Promise<EchoServer> {
    const { listen, faults = [], reset = faults.length > 0 } = options;
    const listeners = await openListeners(runtime, listen, { reset });
    return new EchoServer(runtime, listeners, options);
  }

  /** The addresses in use, with real ports. */
  get addrs(): readonly Addr[] {
    return this.#listeners.map((listener) => listener.addr);
  }

  /** The URLs of the listeners, with real ports. */
  get urls(): readonly string[] {
    return this.addrs.map(formatListenUrl);
  }

  /** The URL of the first listener, with its real port. */
  get url(): string {
    return this.urls[0];
  }

  /** The connections that are open, a live view. */
  get connections(): ReadonlySet<EchoConnection> {
    return this.#connections;
  }

  /** What the server has done until now. */
  get stats(): ServerStats {
    return this.#metrics.snapshot(this.#connections);
  }

  /** The seed of what faults leave to chance. */
  get seed(): number {
    return this.#decisions.seed;
  }

  /** Settles once the server has stopped and its last connection is gone. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /**
   * Stops in order: accepts nobody, writes out what has been received, ends
   * each connection with FIN, and drops what is left when time is up.
   *
   * @param options how long connections have to end.
   * @returns once the last connection is gone.
   */
  async shutdown(
    { timeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS }: ShutdownOptions = {},
  ): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      const connections = this.#connections.size;
      this.#stopAccepting();
      this.#tell({ event: "shutdown", connections, timeoutMs });
      for (const connection of this.#connections) {
        this.#watchdog.end(connection, "shutdown");
      }
    }
    const cancel = startTimer(timeoutMs, () => this.close());
    await this.finished;
    cancel();
  }

  /** Stops at once: every connection is dropped. */
  close(): Promise<void> {
    this.#stopAccepting();
    for (const connection of this.#connections) connection.abort("shutdown");
    return this.finished;
  }

  /** Shuts down, with one second for connections to end. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown({ timeoutMs: 1000 });
  }

  /** Drops every connection that is open, with RST; the server goes on. */
  abortAll(): void {
    for (const connection of this.#connections) connection.abort();
  }

  /**
   * Replaces the faults. They hit connections that are accepted from now on;
   * those that are open keep what they began with.
   *
   * @param faults the faults, in the order in which they are composed.
   * @throws {OptionError} if a fault cannot be used.
   */
  setFaults(faults: readonly Fault[]): void {
    this.#plan = new FaultPlan(readFaults(faults), this.#decisions);
  }

  /**
   * Waits for a connection. The latest 1000 are remembered, open or over.
   *
   * @param n 1 for the server's first connection, and so on.
   * @param options how long to wait.
   * @returns the connection, which may be over by now.
   * @throws {WaitError} if it does not come in time, or is no longer known.
   */
  waitForConnection(n = 1, options?: WaitOptions): Promise<EchoConnection> {
    return this.#history.waitFor(n, options);
  }

  #stopAccepting(): void {
    this.#stopping.abort();
    for (const listener of this.#listeners) listener.close();
  }

  #accept(conn: Conn): void {
    const { hostname } = conn.remoteAddr;
    const refusal = this.#admission.enter(hostname);
    if (refusal) return this.#refuse(conn, refusal);
    const id = ++this.#lastId;
    const hits = this.#plan.hits(id, hostname);
    if (hits.some(({ fault }) => fault.kind === "refuse")) {
      this.#admission.leave(hostname);
      return this.#refuse(conn, "fault");
    }
    this.#serve(id, conn, hits).catch((error) => {
      conn.abort();
      const message = `Connection ${id} failed: ${errorText(error)}`;
      this.#tell({ event: "error", message });
    });
  }

  #refuse(conn: Conn, reason: RefusalReason): void {
    conn.close();
    this.#metrics.refused(reason);
    const peer = formatHost(conn.remoteAddr);
    this.#tell({ event: "refused", peer, reason });
  }

  async #serve(id: number, conn: Conn, hits: readonly Hit[]): Promise<void> {
    const recording = this.#recordLimit === undefined
      ? undefined
      : new Recording(this.#recordLimit);
    const maxBytes = this.#limits.maxBytes || Infinity;
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
    this.#tell({ event: "connect", id, peer });
    this.#history.add(connection);
    // Accepted in the very moment that the listener was closed.
    if (this.#stopping.signal.aborted) {
      this.#watchdog.end(connection, "shutdown");
    }

    const error = await finishEcho(connection, maxBytes);

    const { bytesIn, bytesOut, reason = "error" } = connection;
    const durationMs = Math.round(performance.now() - connection.openedAt);
    this.#connections.delete(connection);
    this.#admission.leave(connection.peer.hostname);
    this.#metrics.closed(reason, connection);
    this.#tell({
      event: "disconnect",
      ...{ id, peer, bytesIn, bytesOut, durationMs, reason },
      ...(error !== undefined && { error: errorText(error) }),
    });
    connection.settle();
    this.#finishIfIdle();
  }

  #finishIfIdle(): void {
    if (this.#connections.size > 0) return;
    this.#watchdog.stop();
    if (!this.#listening) this.#finished.resolve();
  }
}
