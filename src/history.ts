/**
 * The connections that a server has had, for those who wait for one.
 *
 * @module
 */

import type { Connection, EchoConnection } from "./connection.ts";
import { type WaitOptions, waitUntil } from "./wait.ts";

/** Keeps the latest connections, open and over. */
export class History {
  #connections = new Map<number, Connection>();
  #most: number;
  #watchers = new Set<() => void>();

  /** @param most how many connections are kept; 0 keeps none. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Keeps a connection, in place of the oldest if need be. */
  add(connection: Connection): void {
    if (this.#most === 0) return;
    this.#connections.set(connection.id, connection);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > this.#most) this.#connections.delete(oldest);
    for (const watcher of this.#watchers) watcher();
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
    const latest = () => Math.max(0, ...this.#connections.keys());
    await waitUntil(() => this.#connections.has(id), {
      ...options,
      watch: (check) => {
        this.#watchers.add(check);
        return () => this.#watchers.delete(check);
      },
      isHopeless: () => latest() > id,
      describe: () => `connection ${id}; the latest is number ${latest()}`,
    });
    return this.#connections.get(id)!;
  }
}
