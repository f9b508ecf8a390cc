/**
 * Turns connections that a callback brings into ones that `accept` waits for.
 *
 * @module
 */

import type { Conn } from "../net.ts";

/** Connections between the callback and `accept`. */
export class AcceptQueue {
  #conns: Conn[] = [];
  #waiting?: (conn: Conn | null) => void;
  #closed = false;

  /** Brings a connection; once closed, it is dropped. */
  offer(conn: Conn): void {
    if (this.#closed) {
      conn.abort();
    } else if (this.#waiting) {
      this.#waiting(conn);
      this.#waiting = undefined;
    } else {
      this.#conns.push(conn);
    }
  }

  /** Waits for the next connection, or `null` once closed. */
  accept(): Promise<Conn | null> {
    const conn = this.#conns.shift();
    if (conn) return Promise.resolve(conn);
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Ends the queue and drops what nobody has accepted. */
  close(): void {
    this.#closed = true;
    for (const conn of this.#conns.splice(0)) conn.abort();
    this.#waiting?.(null);
  }
}
