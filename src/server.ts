/**
 * The server: owns listeners and connections, and ends them in order.
 *
 * @module
 */

import { acceptLoop } from "./accept_loop.ts";
import type { EchoConnection } from "./connection.ts";
import { Decisions } from "./faults/decisions.ts";
import { readFaults } from "./faults/grammar.ts";
import { checkUse, FaultPlan } from "./faults/plan.ts";
import { randomSeed } from "./faults/random.ts";
import type { Traffic } from "./faults/stage.ts";
import type { Fault } from "./faults/types.ts";
import { pickLimits } from "./limits.ts";
import { type Endpoint, isDatagram, openEndpoints } from "./listen.ts";
import { formatListenUrl } from "./listen_url.ts";
import type { ServerStats } from "./metrics.ts";
import type { Addr, Runtime } from "./net.ts";
import { Reception } from "./reception.ts";
import { acceptError, safeTeller, warnOfRoom } from "./records.ts";
import type { ServerRecord } from "./records.ts";
import {
  datagramOptions,
  DEFAULT_SHUTDOWN_TIMEOUT_MS,
  DEFAULT_UDP_RATE,
  type ServerOptions,
  type ShutdownOptions,
} from "./server_options.ts";
import { startTimer } from "./timer.ts";
import { DatagramEcho } from "./udp/echo.ts";
import { checkDatagramOptions } from "./udp/open.ts";
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
  #endpoints: readonly Endpoint[];
  #tell: (record: ServerRecord) => void;
  #decisions: Decisions;
  #certificate?: string;
  #reception: Reception;
  #datagrams: DatagramEcho;
  #listening = true;
  #stopping = new AbortController();
  #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(
    runtime: Runtime,
    endpoints: readonly Endpoint[],
    options: ServerOptions,
  ) {
    const { faults = [], decisions = new Decisions(randomSeed()), tls } =
      options;
    const listeners = endpoints.filter((endpoint) => "accept" in endpoint);
    const sockets = endpoints.filter((endpoint) => "send" in endpoint);
    const room = listeners.find((listener) => listener.room)?.room;
    const tell = safeTeller(options.onRecord);
    const onIdle = () => this.#finishIfIdle();
    this.#endpoints = endpoints;
    this.#tell = tell;
    this.#decisions = decisions;
    this.#certificate = tls?.cert;
    this.#reception = new Reception({
      limits: pickLimits(options),
      room,
      proxy: options.proxy,
      plan: new FaultPlan(faults, decisions),
      recordLimit: options.recordLimit,
      history: options.history,
      ...{ tell, onIdle },
    });
    const warning = warnOfRoom(options.maxConnections, room);
    if (warning) tell(warning);
    if (tls?.warning) tell({ event: "warning", message: tls.warning });
    this.#tellOfListeners(runtime, faults, tls?.fingerprint);
    this.#datagrams = new DatagramEcho(sockets, {
      rate: options.udpRate ?? DEFAULT_UDP_RATE,
      plan: new FaultPlan(faults, decisions.datagrams, "datagrams"),
      ...{ tell, onIdle },
    });
    const loops = listeners.map((listener) =>
      acceptLoop(listener, {
        onConn: (conn) => this.#reception.receive(conn),
        onError: (error) => tell(acceptError(listener.addr, error)),
        signal: this.#stopping.signal,
      })
    );
    Promise.all(loops).then(() => {
      this.#listening = false;
      this.#finishIfIdle();
    });
  }

  /**
   * Checks what can be told of options without opening anything.
   *
   * @param runtime what the server would run on.
   * @param options what it would be started with.
   * @throws {OptionError} if they do not go together, or are not safe.
   */
  static check(runtime: Runtime, options: ServerOptions): void {
    const { listen, faults = [] } = options;
    checkUse(faults, trafficOf(listen));
    for (const addr of listen.filter(isDatagram)) {
      checkDatagramOptions(runtime, addr, datagramOptions(options));
    }
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
    EchoServer.check(runtime, options);
    const { listen, faults = [], reset = faults.length > 0 } = options;
    const { tls, unixMode, onBound } = options;
    const datagrams = datagramOptions(options);
    const needs = { reset, tls, unixMode, datagrams };
    const endpoints = await openEndpoints(runtime, listen, needs);
    try {
      onBound?.();
      return new EchoServer(runtime, endpoints, options);
    } catch (error) {
      for (const endpoint of endpoints) endpoint.close();
      throw error;
    }
  }

  /** The addresses in use, with real ports. */
  get addrs(): readonly Addr[] {
    return this.#endpoints.map(({ addr }) => addr);
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
    return { ...this.#reception.stats, datagrams: this.#datagrams.stats };
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
      const connections = this.connections.size;
      this.#stopAccepting();
      this.#tell({ event: "shutdown", connections, timeoutMs });
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
    checkUse(read, trafficOf(this.addrs));
    const { datagrams } = this.#decisions;
    this.#reception.plan = new FaultPlan(read, this.#decisions);
    this.#datagrams.plan = new FaultPlan(read, datagrams, "datagrams");
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

  #stopAccepting(): void {
    this.#stopping.abort();
    for (const endpoint of this.#endpoints) {
      if ("accept" in endpoint) endpoint.close();
    }
  }

  #tellOfListeners(
    { name }: Runtime,
    faults: readonly Fault[],
    fingerprint: string | undefined,
  ): void {
    const seed = faults.length > 0 && { seed: this.seed };
    for (const addr of this.addrs) {
      const url = formatListenUrl(addr);
      const about = addr.transport === "tls" && { fingerprint };
      this.#tell({
        event: "listening",
        ...{ url, runtime: name, ...seed, ...about },
      });
    }
  }

  #finishIfIdle(): void {
    const isIdle = this.#reception.isIdle && this.#datagrams.isOver;
    if (!isIdle || this.#listening) return;
    this.#reception.history.end();
    this.#finished.resolve();
  }
}

function trafficOf(addrs: readonly Addr[]): ReadonlySet<Traffic> {
  return new Set(
    addrs.map((addr) => isDatagram(addr) ? "datagrams" : "streams"),
  );
}
