/**
 * Turns connections that a callback brings into ones that `accept` waits for.
 *
 * @module
 */

import type { Conn } from "../net.ts";

/** Connections between the callback and `accept`. */
export class AcceptQueue {
  #conns: Conn[] = [];
  #waiting?: PromiseWithResolvers<Conn | null>;
  #closed = false;

  /** Brings a connection; once closed, it is dropped. */
  offer(conn: Conn): void {
    if (this.#closed) {
      conn.abort();
    } else if (this.#waiting) {
      this.#waiting.resolve(conn);
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
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** Tells whoever waits of an error; the queue goes on. */
  fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  /** Ends the queue and drops what nobody has accepted. */
  close(): void {
    this.#closed = true;
    for (const conn of this.#conns.splice(0)) conn.abort();
    this.#waiting?.resolve(null);
  }
}
