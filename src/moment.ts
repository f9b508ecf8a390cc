/**
 * Something that happens once.
 *
 * @module
 */

/** Calls back when it comes, or at once if it has. */
export class Moment {
  /** Whether it has come. */
  hasCome = false;
  #callbacks = new Set<() => void>();

  /**
   * Calls back when it comes.
   *
   * @param run what is called.
   * @returns what takes that back.
   */
  call(run: () => void): () => void {
    if (this.hasCome) run();
    else this.#callbacks.add(run);
    return () => this.#callbacks.delete(run);
  }

  /** It has come. Idempotent. */
  come(): void {
    if (this.hasCome) return;
    this.hasCome = true;
    for (const run of this.#callbacks) run();
    this.#callbacks.clear();
  }
}
