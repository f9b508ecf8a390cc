/**
 * Where a connection is read into.
 *
 * @module
 */

// Reads vary while bulk goes on, and each new buffer has to be cleared.
const PATIENCE = 8;
// How much larger than the largest of those reads the next buffer is.
const SPARE = 4;

/**
 * A buffer as large as its connection needs: small to begin with, since one
 * that idles keeps it; fourfold whenever a read fills it, since bulk wants few
 * large system calls; and small again once eight reads in a row have each left
 * more than fifteen sixteenths of it empty. Who falls silent before that keeps
 * the large one.
 */
export class ReadBuffer {
  /** Where to read. */
  bytes: Uint8Array<ArrayBuffer>;
  #front: Uint8Array<ArrayBuffer>;
  #smallest: number;
  #largest: number;
  #smallReads = 0;
  #mostOfThem = 0;

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
      this.#smallReads = this.#mostOfThem = 0;
      if (read < length || length === this.#largest) return;
      return this.#renew(Math.min(length * 4, this.#largest));
    }
    this.#mostOfThem = Math.max(this.#mostOfThem, read);
    if (++this.#smallReads < PATIENCE) return;
    this.#renew(Math.max(this.#mostOfThem * SPARE, this.#smallest));
  }

  #renew(size: number): void {
    this.#front = this.bytes = new Uint8Array(size);
    this.#smallReads = this.#mostOfThem = 0;
  }
}
