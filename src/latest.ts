/**
 * The latest of many things with numbers, for those who wait for one.
 *
 * @module
 */

import { type WaitOptions, waitUntil } from "./wait.ts";

/** What a wait for a number is about. */
export interface LatestWait extends WaitOptions {
  /** Whether it is too late for that number. */
  readonly isGone: () => boolean;
  /** What is waited for, and what there is. */
  readonly describe: () => string;
}

/** Keeps so many things, the latest. */
export class Latest<T> {
  #items = new Map<number, T>();
  #most: number;
  #watchers = new Set<() => void>();
  #isOver = false;

  /** @param most how many are kept; 0 keeps none. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Those that are kept, the oldest first. */
  get all(): readonly T[] {
    return [...this.#items.values()];
  }

  /** Keeps one, in place of the oldest if need be. */
  add(id: number, item: T): void {
    if (this.#most === 0) return;
    this.#items.set(id, item);
    const [oldest] = this.#items.keys();
    if (this.#items.size > this.#most) this.#items.delete(oldest);
    this.notify();
  }

  /** Lets those who wait look whether their number is gone. */
  notify(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Notes that there will be no more. */
  end(): void {
    this.#isOver = true;
    this.notify();
  }

  /**
   * Waits for the one of a number.
   *
   * @param id its number.
   * @param wait how long, and what to say if it is in vain.
   * @returns the same.
   * @throws {WaitError} if it does not come in time, or is no longer kept.
   */
  async waitFor(
    id: number,
    { isGone, describe, timeoutMs }: LatestWait,
  ): Promise<T> {
    await waitUntil(() => this.#items.has(id), {
      timeoutMs,
      watch: (check) => {
        this.#watchers.add(check);
        return () => this.#watchers.delete(check);
      },
      isHopeless: () => this.#isOver || isGone(),
      describe: () =>
        describe() + (this.#isOver ? ", and the server has stopped" : ""),
    });
    return this.#items.get(id)!;
  }
}
