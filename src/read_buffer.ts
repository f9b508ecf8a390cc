/**
 * Where a connection is read into.
 *
 * @module
 */

// Reads vary while bulk goes on, and each new buffer has to be cleared.
const PATIENCE = 8;

/**
 * A buffer as large as its connection needs: small to begin with, since one
 * that idles keeps it; fourfold whenever a read fills it, since bulk wants few
 * large system calls; a quarter once eight reads in a row have each left more
 * than fifteen sixteenths of it empty.
 */
export class ReadBuffer {
  /** Where to read. */
  bytes: Uint8Array<ArrayBuffer>;
  #smallest: number;
  #largest: number;
  #smallReads = 0;

  /**
   * @param smallest its size at first, in bytes.
   * @param largest the most that it grows to.
   */
  constructor(smallest: number, largest: number) {
    this.#smallest = smallest;
    this.#largest = largest;
    this.bytes = new Uint8Array(smallest);
  }

  /** Fits the size to what one read has brought, for the next one. */
  fit(read: number): void {
    const { length } = this.bytes;
    if (read * 16 >= length || length === this.#smallest) {
      this.#smallReads = 0;
      if (read < length || length === this.#largest) return;
      this.bytes = new Uint8Array(Math.min(length * 4, this.#largest));
    } else if (++this.#smallReads === PATIENCE) {
      this.#smallReads = 0;
      this.bytes = new Uint8Array(Math.max(length / 4, this.#smallest));
    }
  }
}
