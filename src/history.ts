/**
 * The connections that a server has had, for those who wait for one.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import type { EchoConnection } from "./echo_connection.ts";
import { type WaitOptions, waitUntil } from "./wait.ts";

/** Keeps the latest connections, open and over. */
export class History {
  #connections = new Map<number, Connection>();
  #most: number;
  #watchers = new Set<() => void>();
  #latest = 0;
  #expected = new Set<number>();
  #isOver = false;

  /** @param most how many connections are kept; 0 keeps none. */
  constructor(most: number) {
    this.#most = most;
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
    if (this.#most === 0) return;
    this.#connections.set(connection.id, connection);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > this.#most) this.#connections.delete(oldest);
    this.#notify();
  }

  /** Notes that a connection was turned away, which has a number, too. */
  skip(id: number): void {
    this.#settle(id);
    this.#notify();
  }

  /** Notes that there will be no more connections. */
  end(): void {
    this.#isOver = true;
    this.#notify();
  }

  /**
   * Waits for the connection of a number.
   *
   * @param id 1 for the first, and so on.
   * @param options how long to wait.
   * @returns the connection, which may be over by now.
   * @throws {WaitError} if it does not come in time, or is no longer kept.
   */
  async waitFor(id: number, options?: WaitOptions): Promise<EchoConnection> {
    await waitUntil(() => this.#connections.has(id), {
      ...options,
      watch: (check) => {
        this.#watchers.add(check);
        return () => this.#watchers.delete(check);
      },
      isHopeless: () => this.#isOver || this.#isGone(id),
      describe: () => {
        const state = this.#isOver ? ", and the server has stopped" : "";
        const why = this.#isGone(id)
          ? "which was refused, or is no longer remembered; "
          : "";
        return `connection ${id}, ${why}the latest is number ` +
          `${this.#latest}${state}`;
      },
    });
    return this.#connections.get(id)!;
  }

  #isGone(id: number): boolean {
    return this.#latest >= id && !this.#expected.has(id);
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
