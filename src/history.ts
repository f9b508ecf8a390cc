/**
 * The connections that a server has had, for those who wait for one.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { EchoConnection } from "./echo_connection.ts";
import { Latest } from "./latest.ts";
import type { WaitOptions } from "./wait.ts";

/** Keeps the latest connections, open and over. */
export class History {
  #connections: Latest<Connection>;
  #latest = 0;
  #expected = new Set<number>();

  /** @param most how many connections are kept; 0 keeps none. */
  constructor(most: number) {
    this.#connections = new Latest(most);
  }

  /** Notes that a connection may come later than those that follow it. */
  expect(id: number): void {
    this.#expected.add(id);
  }

  #settle(id: number): void {
    this.#expected.delete(id);
    this.#latest = Math.max(this.#latest, id);
  }

  /** Keeps a connection, in place of the oldest if need be. */
  add(connection: Connection): void {
    this.#settle(connection.id);
    this.#connections.add(connection.id, connection);
  }

  /** Notes that a connection was turned away, which has a number, too. */
  skip(id: number): void {
    this.#settle(id);
    this.#connections.notify();
  }

  /** Notes that there will be no more connections. */
  end(): void {
    this.#connections.end();
  }

  /**
   * Waits for the connection of a number.
   *
   * @param id 1 for the first, and so on.
   * @param options how long to wait.
   * @returns the connection, which may be over by now.
   * @throws {WaitError} if it does not come in time, or is no longer kept.
   */
  waitFor(id: number, options?: WaitOptions): Promise<EchoConnection> {
    const isGone = () => this.#latest >= id && !this.#expected.has(id);
    return this.#connections.waitFor(id, {
      ...options,
      isGone,
      describe: () => {
        const why = isGone()
          ? "which was refused, or is no longer remembered; "
          : "";
        return `connection ${id}, ${why}the latest is number ${this.#latest}`;
      },
    });
  }
}
