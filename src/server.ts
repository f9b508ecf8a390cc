/**
 * The server: owns listeners and connections, and ends them in order.
 *
 * @module
 */

import { acceptLoop } from "./accept_loop.ts";
import type { EchoConnection } from "./connection.ts";
import { Decisions } from "./faults/decisions.ts";
import { readFaults } from "./faults/grammar.ts";
import { FaultPlan } from "./faults/plan.ts";
import { randomSeed } from "./faults/random.ts";
import type { Fault } from "./faults/types.ts";
import { pickLimits } from "./limits.ts";
import { openListeners } from "./listen.ts";
import { formatListenUrl } from "./listen_url.ts";
import type { ServerStats } from "./metrics.ts";
import type { Addr, Listener, Runtime } from "./net.ts";
import { Reception } from "./reception.ts";
import { acceptError, safeTeller, warnOfRoom } from "./records.ts";
import type { ServerRecord } from "./records.ts";
import {
  DEFAULT_SHUTDOWN_TIMEOUT_MS,
  type ServerOptions,
  type ShutdownOptions,
} from "./server_options.ts";
import { startTimer } from "./timer.ts";
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
  #listeners: readonly Listener[];
  #tell: (record: ServerRecord) => void;
  #decisions: Decisions;
  #certificate?: string;
  #reception: Reception;
  #listening = true;
  #stopping = new AbortController();
  #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(
    runtime: Runtime,
    listeners: readonly Listener[],
    options: ServerOptions,
  ) {
    const { faults = [], decisions = new Decisions(randomSeed()), tls } =
      options;
    const room = listeners.find((listener) => listener.room)?.room;
    const limits = pickLimits(options);
    this.#listeners = listeners;
    this.#tell = safeTeller(options.onRecord);
    this.#decisions = decisions;
    this.#certificate = tls?.cert;
    this.#reception = new Reception({
      limits,
      room,
      proxy: options.proxy,
      plan: new FaultPlan(faults, decisions),
      recordLimit: options.recordLimit,
      history: options.history,
      tell: this.#tell,
      onIdle: () => this.#finishIfIdle(),
    });
    const warning = warnOfRoom(options.maxConnections, room);
    if (warning) this.#tell(warning);
    const { name } = runtime;
    const seed = faults.length > 0 && { seed: this.seed };
    if (tls?.warning) this.#tell({ event: "warning", message: tls.warning });
    for (const addr of this.addrs) {
      const url = formatListenUrl(addr);
      const fingerprint = addr.transport === "tls" && tls &&
        { fingerprint: tls.fingerprint };
      this.#tell({
        event: "listening",
        ...{ url, runtime: name, ...seed, ...fingerprint },
      });
    }
    const loops = listeners.map((listener) =>
      acceptLoop(listener, {
        onConn: (conn) => this.#reception.receive(conn),
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
    const { listen, faults = [], reset = faults.length > 0, tls } = options;
    const { unixMode } = options;
    const listeners = await openListeners(runtime, listen, {
      ...{ reset, tls, unixMode },
    });
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
    return this.#reception.stats;
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
    }
    const cancel = startTimer(timeoutMs, () => this.close());
    await this.finished;
    cancel();
  }

  /** Stops at once: every connection is dropped. */
  close(): Promise<void> {
    this.#stopAccepting();
    this.#reception.abortAll("shutdown");
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
   * @throws {OptionError} if a fault cannot be used.
   */
  setFaults(faults: readonly Fault[]): void {
    this.#reception.plan = new FaultPlan(readFaults(faults), this.#decisions);
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
    for (const listener of this.#listeners) listener.close();
  }

  #finishIfIdle(): void {
    if (!this.#reception.isIdle || this.#listening) return;
    this.#reception.history.end();
    this.#finished.resolve();
  }
}
