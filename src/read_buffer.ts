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
  #front: Uint8Array<ArrayBuffer>;
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
    this.#front = this.bytes = new Uint8Array(smallest);
  }

  /**
   * What one read has brought. The view is kept, since messages are often all
   * of one size, and a new one takes a twentieth of the time of an echo.
   *
   * @param read how many bytes that is.
   */
  front(read: number): Uint8Array<ArrayBuffer> {
    if (this.#front.length === read) return this.#front;
    return this.#front = this.bytes.subarray(0, read);
  }

  /** Fits the size to what one read has brought, for the next one. */
  fit(read: number): void {
    const { length } = this.bytes;
    if (read * 16 >= length || length === this.#smallest) {
      this.#smallReads = 0;
      if (read < length || length === this.#largest) return;
      this.#renew(Math.min(length * 4, this.#largest));
    } else if (++this.#smallReads === PATIENCE) {
      this.#smallReads = 0;
      this.#renew(Math.max(length / 4, this.#smallest));
    }
  }

  #renew(size: number): void {
    this.#front = this.bytes = new Uint8Array(size);
  }
}
