/**
 * One connection as the server knows it.
 *
 * @module
 */

import type { Conn } from "./net.ts";

/**
 * Why a connection ended.
 *
 * - `eof`: the peer ended its stream and got everything back;
 * - `reset`: the peer dropped the connection;
 * - `idle-timeout`, `write-timeout`, `max-lifetime`, `max-bytes`: a limit;
 * - `shutdown`: the server is going away;
 * - `error`: anything else, which the record describes.
 */
export type EndReason =
  | "eof"
  | "reset"
  | "idle-timeout"
  | "write-timeout"
  | "max-lifetime"
  | "max-bytes"
  | "shutdown"
  | "error";

/** One connection as the server knows it. */
export class Connection {
  /** 1 for the server's first connection, and so on. */
  readonly id: number;
  /** The socket. */
  readonly conn: Conn;
  /** When it was accepted, on the clock of `performance.now()`. */
  readonly openedAt: number = performance.now();

  #reason?: EndReason;
  #endedAt = Infinity;
  #progress = 0;
  #progressAt = this.openedAt;

  constructor(id: number, conn: Conn) {
    this.id = id;
    this.conn = conn;
  }

  /** Why it ends, once that is known. */
  get reason(): EndReason | undefined {
    return this.#reason;
  }

  /** When the reason became known, on the clock of `performance.now()`. */
  get endedAt(): number {
    return this.#endedAt;
  }

  /** Notes why the connection ends; the first reason stays. */
  end(reason: EndReason): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#endedAt = performance.now();
  }

  /** Whether received bytes wait to be written. */
  get isWriting(): boolean {
    return this.conn.bytesOut < this.conn.bytesIn;
  }

  /**
   * How long nothing has moved. Compares byte counters with those of the last
   * call, so that the echo itself need not look at a clock.
   *
   * @param now the time, on the clock of `performance.now()`.
   * @returns milliseconds since a call first saw the present counters.
   */
  quietMs(now: number): number {
    const { bytesIn, bytesOut, bytesDiscarded } = this.conn;
    const progress = bytesIn + bytesOut + bytesDiscarded;
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#progressAt = now;
    }
    return now - this.#progressAt;
  }
}
