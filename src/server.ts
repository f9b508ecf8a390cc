/**
 * The server: owns listeners and connections, and ends them in order.
 *
 * @module
 */

import { acceptLoop } from "./accept_loop.ts";
import { Connection } from "./connection.ts";
import { errorText } from "./errors.ts";
import { Admission, DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { openListeners } from "./listen.ts";
import { formatHost, formatListenUrl } from "./listen_url.ts";
import type { Addr, Conn, Listener, Runtime } from "./net.ts";
import { echoStream } from "./protocols/stream.ts";
import type { ServerRecord } from "./records.ts";
import { Watchdog } from "./watchdog.ts";

/** How long a shutdown waits for connections, in milliseconds. */
export const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000;

/** What a server is started with. */
export interface ServerOptions extends Partial<Limits> {
  /** Where to listen. */
  readonly listen: readonly Addr[];
  /** Told of everything that happens; must not throw. Default: nobody. */
  readonly onRecord?: (record: ServerRecord) => void;
}

/** How a server is shut down. */
export interface ShutdownOptions {
  /**
   * Milliseconds that connections have to end; 0 drops them at once.
   *
   * @default {10000}
   */
  readonly timeoutMs?: number;
}

/** A running echo server. */
export class EchoServer {
  #listeners: readonly Listener[];
  #limits: Limits;
  #tell: (record: ServerRecord) => void;
  #connections = new Set<Connection>();
  #admission: Admission;
  #watchdog: Watchdog;
  #lastId = 0;
  #listening = true;
  #stopping = new AbortController();
  #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(
    runtime: Runtime,
    listeners: readonly Listener[],
    { listen: _, onRecord, ...limits }: ServerOptions,
  ) {
    this.#listeners = listeners;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#tell = onRecord ?? (() => {});
    this.#watchdog = new Watchdog(this.#limits, this.#connections);
    this.#admission = new Admission(
      this.#connectionCap(runtime.capabilities.connectionCeiling ?? Infinity),
      this.#limits.maxConnectionsPerIp,
    );
    for (const url of this.urls) {
      this.#tell({ event: "listening", url, runtime: runtime.name });
    }
    const loops = listeners.map((listener) =>
      acceptLoop(listener, {
        onConn: (conn) => this.#accept(conn),
        onError: (error) => this.#acceptFailed(listener, error),
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
    const listeners = await openListeners(runtime, options.listen);
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
      const deadline = setTimeout(() => this.close(), timeoutMs);
      await this.finished;
      clearTimeout(deadline);
    }
    await this.finished;
  }

  /** Stops at once: every connection is dropped. */
  close(): Promise<void> {
    this.#stopAccepting();
    for (const connection of this.#connections) {
      connection.end("shutdown");
      connection.conn.abort();
    }
    return this.finished;
  }

  /** Shuts down as {@linkcode EchoServer.shutdown} does by default. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #connectionCap(ceiling: number): number {
    const { maxConnections } = this.#limits;
    if ((maxConnections || Infinity) <= ceiling) return maxConnections;
    const message =
      `Connections are limited to ${ceiling} by the number of open files; ` +
      "raise it with ulimit -n, or lower --max-connections";
    this.#tell({ event: "warning", message });
    return ceiling;
  }

  #stopAccepting(): void {
    this.#stopping.abort();
    for (const listener of this.#listeners) listener.close();
  }

  #acceptFailed(listener: Listener, error: unknown): void {
    const url = formatListenUrl(listener.addr);
    const message = `Cannot accept on ${url}: ${errorText(error)}; ` +
      "trying again until it works";
    this.#tell({ event: "error", message });
  }

  async #accept(conn: Conn): Promise<void> {
    const ip = conn.remoteAddr.hostname;
    const peer = formatHost(conn.remoteAddr);
    const refusal = this.#admission.enter(ip);
    if (refusal) {
      conn.close();
      this.#tell({ event: "refused", peer, reason: refusal });
      return;
    }
    const connection = new Connection(++this.#lastId, conn);
    const { id } = connection;
    this.#connections.add(connection);
    this.#watchdog.watch();
    this.#tell({ event: "connect", id, peer });
    // Accepted in the very moment that the listener was closed.
    if (this.#stopping.signal.aborted) {
      this.#watchdog.end(connection, "shutdown");
    }

    const error = await echoStream(connection, this.#limits.maxBytes);

    this.#connections.delete(connection);
    this.#admission.leave(ip);
    this.#tell({
      event: "disconnect",
      id,
      peer,
      bytesIn: conn.bytesIn,
      bytesOut: conn.bytesOut,
      durationMs: Math.round(performance.now() - connection.openedAt),
      reason: connection.reason ?? "error",
      ...(error !== undefined && { error: errorText(error) }),
    });
    this.#finishIfIdle();
  }

  #finishIfIdle(): void {
    if (this.#connections.size > 0) return;
    this.#watchdog.stop();
    if (!this.#listening) this.#finished.resolve();
  }
}
