/**
 * Where a connection is read into.
 *
 * @module
 */

const SMALLEST = 1024;
const LARGEST = 64 * 1024;

/** Small to begin with, since an idle connection keeps it. */
export class ReadBuffer {
  /** Where to read. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SMALLEST);

  /** Fits the size to what one read has brought, for the next one. */
  fit(read: number): void {
    const { length } = this.bytes;
    if (read === length && length < LARGEST) {
      this.bytes = new Uint8Array(length * 4);
    } else if (read * 64 < length) {
      this.bytes = new Uint8Array(length / 4);
    }
  }
}
