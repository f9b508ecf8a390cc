/**
 * Where the header of a request ends.
 *
 * @module
 */

import { Buffer } from "node:buffer";

const END = new TextEncoder().encode("\r\n\r\n");

/** Counts what follows the header of a request before it is answered. */
export class Head {
  /** Bytes after the end of the header. */
  bytesAfter = 0;
  #isOver = false;
  #last = Buffer.alloc(0);

  /** Begins with the next request. */
  restart(): void {
    this.bytesAfter = 0;
    this.#isOver = false;
    this.#last = Buffer.alloc(0);
  }

  /** Looks at what comes next. */
  look(data: Uint8Array): void {
    if (this.#isOver) {
      this.bytesAfter += data.length;
      return;
    }
    // The end may have begun in what came before.
    const known = this.#last.length;
    const all = Buffer.concat([this.#last, data]);
    const at = all.indexOf(END);
    this.#isOver = at >= 0;
    if (this.#isOver) this.bytesAfter = all.length - at - END.length;
    else this.#last = all.subarray(Math.max(known + data.length - 3, 0));
  }
}
