/**
 * Tells those who wait that something has changed.
 *
 * @module
 */

/** Costs nothing as long as nobody waits. */
export class Signal {
  #waiting?: PromiseWithResolvers<void>;

  /** Settles at the next change. */
  get changed(): Promise<void> {
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** Tells of a change. */
  notify(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
