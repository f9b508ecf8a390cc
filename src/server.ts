/**
 * The server: owns listeners and connections, and ends them in order.
 *
 * @module
 */

import { acceptLoop } from "./accept_loop.ts";
import type { EchoConnection, Protocol } from "./echo_connection.ts";
import { formatFault, readFaults } from "./faults/grammar.ts";
import { checkUse, plansOf } from "./faults/plan.ts";
import type { Fault } from "./faults/types.ts";
import type { Runtime } from "./host.ts";
import type { EchoRequest } from "./http/requests.ts";
import { pickLimits } from "./limits.ts";
import { formatListenUrl } from "./listen_url.ts";
import { NO_HTTP, type ServerStats } from "./metrics.ts";
import type { Addr, Listener } from "./net.ts";
import { openParts, type Parts } from "./parts.ts";
import { Reception } from "./reception.ts";
import {
  DEFAULT_SHUTDOWN_TIMEOUT_MS,
  DEFAULT_UDP_RATE,
  type ServerOptions,
  type ShutdownOptions,
  trafficOf,
} from "./server_options.ts";
import { acceptError, listeningRecord, warnOfRoom } from "./tell.ts";
import { startTimer } from "./timer.ts";
import { DatagramEcho } from "./udp/echo.ts";
import type { WaitOptions } from "./wait.ts";

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
  #parts: Parts;
  #faults: readonly Fault[];
  // Whether others have the rest of the listeners.
  #isShared: boolean;
  #certificate?: string;
  #reception: Reception;
  #datagrams: DatagramEcho;
  #listening = true;
  #stopping = new AbortController();
  #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(parts: Parts, options: ServerOptions) {
    const { endpoints, http, plans, metrics, tell } = parts;
    const { faults = [], tls, proxy, recordLimit, history, shared } = options;
    const listeners = endpoints.filter((endpoint) => "accept" in endpoint);
    const sockets = endpoints.filter((endpoint) => "send" in endpoint);
    const room = listeners.find((listener) => listener.room)?.room;
    const onIdle = () => this.#finishIfIdle();
    this.#parts = parts;
    this.#faults = faults;
    this.#isShared = shared !== undefined;
    this.#certificate = tls?.cert;
    this.#reception = new Reception({
      limits: pickLimits(options),
      plan: plans.streams,
      ...{ room, shared, proxy, http, metrics },
      ...{ recordLimit, history, tell, onIdle },
    });
    const warning = warnOfRoom(options.maxConnections, room);
    if (warning) tell(warning);
    if (tls?.warning) tell({ event: "warning", message: tls.warning });
    const seed = faults.length > 0 ? this.seed : undefined;
    for (const addr of this.addrs) {
      tell(listeningRecord(addr, this.runtime, seed, tls?.fingerprint));
    }
    this.#datagrams = new DatagramEcho(sockets, {
      rate: options.udpRate ?? DEFAULT_UDP_RATE,
      plan: plans.datagrams,
      ...{ tell, onIdle },
    });
    Promise.all(listeners.map((listener) => this.#accept(listener))).then(
      () => {
        this.#listening = false;
        this.#finishIfIdle();
      },
    );
  }

  /**
   * Starts a server.
   *
   * @param runtime what it runs on.
   * @param options where it listens, its limits and who hears of it.
   * @returns the server, which accepts connections by now.
   * @throws {OptionError} if the options do not go together, or are not safe.
   * @throws {ListenError} if the system refuses an address.
   * @throws {PermissionError} if Deno may not listen there.
   */
  static async start(
    runtime: Runtime,
    options: ServerOptions,
  ): Promise<EchoServer> {
    return new EchoServer(await openParts(runtime, options), options);
  }

  #accept(listener: Listener): Promise<void> {
    const { addr } = listener;
    const { tell } = this.#parts;
    const protocol = addr.transport as Protocol;
    return acceptLoop(listener, {
      onConn: (conn) => this.#reception.receive(conn, protocol),
      onError: (error) => tell(acceptError(addr, error)),
      signal: this.#stopping.signal,
    });
  }

  /** The addresses in use, with real ports. */
  get addrs(): readonly Addr[] {
    return this.#parts.endpoints.map(({ addr }) => addr);
  }

  /** The URLs of the listeners, with real ports. */
  get urls(): readonly string[] {
    return this.addrs.map(formatListenUrl);
  }

  /** The URL of the first listener, with its real port. */
  get url(): string {
    return this.urls[0];
  }

  /** The port of the first listener that has one; 0 if none has. */
  get port(): number {
    const addr = this.addrs.find(({ transport }) => transport !== "unix");
    return addr && "port" in addr ? addr.port : 0;
  }

  /** The certificate of listeners for TLS, as PEM, for clients to trust. */
  get certificate(): string | undefined {
    return this.#certificate;
  }

  /** The connections that are open, a live view. */
  get connections(): ReadonlySet<EchoConnection> {
    return this.#reception.connections;
  }

  /** What the server has done until now. */
  get stats(): ServerStats {
    const http = this.#parts.http?.stats ?? NO_HTTP;
    const datagrams = this.#datagrams.stats;
    return { ...this.#reception.stats, datagrams, http };
  }

  /** The latest 1000 requests that were answered, the oldest first. */
  get requests(): readonly EchoRequest[] {
    return this.#parts.http?.requests.all ?? [];
  }

  /** Name and version of the runtime. */
  get runtime(): string {
    return this.#parts.runtime.name;
  }

  /** Whether it takes newcomers, or ends those it has. */
  get state(): "running" | "draining" {
    return this.#stopping.signal.aborted ? "draining" : "running";
  }

  /** The faults that newcomers get. */
  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** The seed of what faults leave to chance. */
  get seed(): number {
    return this.#parts.decisions.seed;
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
      const connections = this.connections.size;
      this.#stopAccepting();
      this.#parts.tell({ event: "shutdown", connections, timeoutMs });
      this.#reception.endAll("shutdown");
      this.#datagrams.drain();
    }
    const cancel = startTimer(timeoutMs, () => this.close());
    await this.finished;
    cancel();
  }

  /** Stops at once: every connection is dropped. */
  close(): Promise<void> {
    this.#stopAccepting();
    this.#reception.abortAll("shutdown");
    this.#datagrams.close();
    return this.finished;
  }

  /** Shuts down, with one second for connections to end. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown({ timeoutMs: 1000 });
  }

  /** Drops every connection that is open, with RST; the server goes on. */
  abortAll(): void {
    this.#reception.abortAll("fault");
  }

  /**
   * Replaces the faults. They hit connections that are accepted from now on;
   * those that are open keep what they began with.
   *
   * @param faults the faults, in the order in which they are composed.
   * @throws {OptionError} if a fault cannot be used, or would do nothing.
   */
  setFaults(faults: readonly Fault[]): void {
    const read = readFaults(faults);
    if (!this.#isShared) checkUse(read, trafficOf(this.addrs));
    const { decisions, http } = this.#parts;
    const plans = plansOf(read, decisions);
    this.#faults = read;
    this.#reception.plan = plans.streams;
    this.#datagrams.plan = plans.datagrams;
    if (http) http.plan = plans.messages;
    const texts = read.map(formatFault).join(";");
    this.#parts.tell({ event: "faults", faults: texts, seed: this.seed });
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
    return this.#reception.history.waitFor(n, options);
  }

  /**
   * Waits for a request to be over. The latest 1000 are remembered.
   *
   * @param n 1 for the first that was over, answered or not, and so on.
   * @param options how long to wait.
   * @returns the request.
   * @throws {WaitError} if it does not come in time, or is no longer known.
   * @throws {TypeError} if no listener takes requests.
   */
  waitForRequest(n = 1, options?: WaitOptions): Promise<EchoRequest> {
    const { http } = this.#parts;
    if (http) return http.requests.waitFor(n, options);
    throw new TypeError(
      "Cannot wait for a request: listen on http://HOST:PORT",
    );
  }

  #stopAccepting(): void {
    this.#stopping.abort();
    for (const endpoint of this.#parts.endpoints) {
      if ("accept" in endpoint) endpoint.close();
    }
  }

  #finishIfIdle(): void {
    const isIdle = this.#reception.isIdle && this.#datagrams.isOver;
    if (!isIdle || this.#listening) return;
    this.#reception.history.end();
    const closed = this.#parts.http?.close() ?? Promise.resolve();
    closed.then(() => this.#finished.resolve());
  }
}
