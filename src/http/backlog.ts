/**
 * What the runtime's server has taken of a body and nobody has read yet.
 *
 * @module
 */

import { Signal } from "../signal.ts";
import { Pauses } from "../timer.ts";

// What the runtime's server is given before somebody has read it.
const MOST_AHEAD = 256 * 1024;
// Nobody waits this long for what the runtime's server has.
const STARVING_MS = 5;

/**
 * Keeps the runtime's server from taking in more than is read. Deno would take
 * all there is while it writes an answer, and gets slower the more that is.
 */
export class Backlog {
  #bytes = 0;
  #readers = 0;
  #pauses = new Pauses();
  #signal = new Signal();

  /** Notes that the runtime's server was given bytes. */
  give(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Reads a part of a body, which makes room for more. */
  async read<T extends { readonly value?: Uint8Array }>(
    next: () => Promise<T>,
  ): Promise<T> {
    this.#readers++;
    this.#signal.notify();
    try {
      const part = await next();
      this.#bytes -= part.value?.length ?? 0;
      return part;
    } finally {
      this.#readers--;
      this.#pauses.end();
    }
  }

  /** Notes that nothing is left: there is no body any more. */
  clear(): void {
    this.#bytes = 0;
    this.#signal.notify();
    this.#pauses.end();
  }

  /** Whether the runtime's server has enough. */
  get isFull(): boolean {
    return this.#bytes > MOST_AHEAD;
  }

  /** Settles once the runtime's server may be given more. */
  async room(): Promise<void> {
    while (this.isFull) {
      if (this.#readers === 0) {
        await this.#signal.changed;
        continue;
      }
      const bytes = this.#bytes;
      await this.#pauses.pause(STARVING_MS);
      // What frames a body is never read, so that it must not count for ever:
      // whoever waits for more gets more.
      if (this.#bytes === bytes && this.#readers > 0) this.#bytes = 0;
    }
  }
}
