/**
 * Ends connections that outstay their limits.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { EndReason } from "./echo_connection.ts";
import type { Limits } from "./limits.ts";

// How long a connection whose echo has ended must be quiet before it is
// closed: bytes that arrive after the close would make the kernel send RST.
const LINGER_MS = 500;
const LINGER_TICK_MS = 50;
// A peer that goes on for longer than this after the end is dropped.
const LONGEST_LINGER_MS = 30_000;

const LONGEST_TICK_MS = 1000;
const SHORTEST_TICK_MS = 10;

/**
 * Looks at all connections now and then, so that the echo itself pays nothing
 * for its timeouts. They are late by at most a tenth, or by one second.
 */
export class Watchdog {
  #limits: Limits;
  #connections: ReadonlySet<Connection>;
  #tickMs: number;
  #timer?: ReturnType<typeof setTimeout>;
  #tickAt = Infinity;

  /**
   * @param limits the limits to hold connections to.
   * @param connections the open connections, a live view.
   */
  constructor(limits: Limits, connections: ReadonlySet<Connection>) {
    this.#limits = limits;
    this.#connections = connections;
    const { idleTimeoutMs, writeTimeoutMs, maxLifetimeMs } = limits;
    const { handshakeTimeoutMs } = limits;
    const shortest = Math.min(
      ...[idleTimeoutMs, writeTimeoutMs, maxLifetimeMs, handshakeTimeoutMs]
        .map((ms) => ms || Infinity),
    );
    this.#tickMs = Math.min(
      Math.max(shortest / 10, SHORTEST_TICK_MS),
      LONGEST_TICK_MS,
    );
  }

  /** Sees to it that open connections are being watched. */
  watch(): void {
    this.#tickIn(this.#tickMs);
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#tickAt = Infinity;
  }

  // Never puts a tick off, however often it is called.
  #tickIn(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#tickAt) return;
    clearTimeout(this.#timer);
    this.#tickAt = at;
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  /**
   * Ends a connection for a reason of the server's: what was received is
   * echoed, then FIN, then the connection lingers until it is quiet. A
   * connection that cannot be written to is dropped.
   */
  end(connection: Connection, reason: EndReason): void {
    connection.end(reason);
    if (reason === "write-timeout" || reason === "request-timeout") {
      connection.abort();
    } else {
      connection.echo.drain();
      this.#tickIn(LINGER_TICK_MS);
    }
  }

  #tick(): void {
    this.#tickAt = Infinity;
    const now = performance.now();
    let lingering = false;
    for (const connection of this.#connections) {
      const reason = this.#verdict(connection, now);
      if (reason) this.end(connection, reason);
      else if (connection.reason) lingering = true;
    }
    if (lingering) {
      this.#tickIn(LINGER_TICK_MS);
    } else if (this.#connections.size > 0) this.watch();
  }

  #verdict(connection: Connection, now: number): EndReason | undefined {
    const { echo } = connection;
    const limits = this.#limits;
    const quietMs = connection.quietMs(now);
    if (
      echo.isBlocked && limits.writeTimeoutMs &&
      quietMs >= limits.writeTimeoutMs
    ) return "write-timeout";
    if (connection.reason) {
      const lingeredMs = now - connection.endedAt;
      const isDone = !echo.isPending &&
        Math.min(quietMs, lingeredMs) >= LINGER_MS;
      if (isDone) connection.close();
      // A shutdown has a deadline of its own.
      else if (
        connection.reason !== "shutdown" && lingeredMs >= LONGEST_LINGER_MS
      ) connection.abort();
      return undefined;
    }
    const ageMs = now - connection.openedAt;
    if (limits.maxLifetimeMs && ageMs >= limits.maxLifetimeMs) {
      return "max-lifetime";
    }
    if (echo.isPending && !echo.isBlocked) return undefined;
    if (echo.isBlocked && limits.writeTimeoutMs) return undefined;
    if (limits.maxBytes && echo.bytesIn >= limits.maxBytes) return "max-bytes";
    const { requestSince = Infinity } = echo;
    if (
      limits.handshakeTimeoutMs &&
      now - requestSince >= limits.handshakeTimeoutMs
    ) return "request-timeout";
    if (limits.idleTimeoutMs && quietMs >= limits.idleTimeoutMs) {
      return "idle-timeout";
    }
    return undefined;
  }
}
