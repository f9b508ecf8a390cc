/**
 * What a connection has received, for those who want to look at it.
 *
 * @module
 */

/** How much is kept for each connection, in bytes. */
export const DEFAULT_RECORD_LIMIT = 1024 * 1024;

/** Keeps what is received, up to a limit; what comes later is only counted. */
export class Recording {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #limit: number;
  #missed = 0;
  #watchers = new Set<() => void>();

  /** @param limit how many bytes are kept. */
  constructor(limit: number = DEFAULT_RECORD_LIMIT) {
    this.#limit = limit;
  }

  /** How many bytes were kept. */
  get length(): number {
    return this.#length;
  }

  /** What was kept, without a copy: it is good until the next byte. */
  get view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was kept. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** How many bytes came after the limit and were not kept. */
  get missed(): number {
    return this.#missed;
  }

  /** Keeps a copy of some bytes. */
  add(data: Uint8Array): void {
    const kept = data.subarray(0, this.#limit - this.#length);
    this.#missed += data.length - kept.length;
    if (this.#length + kept.length > this.#bytes.length) {
      const size = Math.max(this.#bytes.length * 2, this.#length + kept.length);
      const larger = new Uint8Array(Math.min(size, this.#limit));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls back after every change; gives back what ends that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
