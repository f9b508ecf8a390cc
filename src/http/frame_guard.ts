/**
 * Watches over what a client sends on a WebSocket, before the runtime sees it:
 * Deno keeps a message that never ends whatever its length, and takes frames
 * without a mask.
 *
 * @module
 */

/** What is wrong, in the terms of RFC 6455, section 7.4.1. */
export interface Violation {
  /** The code to close with. */
  readonly code: number;
  /** The reason to close with. */
  readonly reason: string;
}

const PROTOCOL_ERROR = 1002;
const TOO_BIG = 1009;

// RFC 6455, section 5.5.
const LONGEST_CONTROL = 125;

// RFC 6455, section 5.2: two bytes, up to eight of length, and four of mask.
const LONGEST_HEADER = 14;

/** Reads the headers of frames; what they carry passes by. */
export class FrameGuard {
  /** What is wrong, once it is. */
  violation?: Violation;
  #maxMessage: number;
  #header = new Uint8Array(LONGEST_HEADER);
  #headerLength = 0;
  #payloadLeft = 0;
  #messageLength = 0;

  /** @param maxMessage the longest message, in bytes. */
  constructor(maxMessage: number) {
    this.#maxMessage = maxMessage;
  }

  /**
   * Looks at what comes next.
   *
   * @param data the bytes.
   * @returns how many of them may pass: all, or those before the frame that is
   * wrong.
   */
  look(data: Uint8Array): number {
    let at = 0;
    let passed = 0;
    while (at < data.length && !this.violation) {
      if (this.#payloadLeft > 0) {
        const length = Math.min(this.#payloadLeft, data.length - at);
        this.#payloadLeft -= length;
        at += length;
        passed = at;
        continue;
      }
      this.#header[this.#headerLength++] = data[at++];
      if (this.#headerLength < this.#needed()) continue;
      this.#judge();
      this.#headerLength = 0;
      if (!this.violation) passed = at;
    }
    // The beginning of a header may pass: the runtime waits for its end.
    return this.violation ? passed : data.length;
  }

  // How long the header is, as far as that is known.
  #needed(): number {
    if (this.#headerLength < 2) return 2;
    const length = this.#header[1] & 0x7f;
    const mask = this.#header[1] & 0x80 ? 4 : 0;
    return 2 + mask + (length === 127 ? 8 : length === 126 ? 2 : 0);
  }

  #judge(): void {
    const [first, second] = this.#header;
    if (!(second & 0x80)) {
      const reason = "a client's frame has to be masked";
      this.violation = { code: PROTOCOL_ERROR, reason };
      return;
    }
    this.#payloadLeft = this.#length(second & 0x7f);
    // Control frames may come amid a message, and are no part of it.
    const isControl = (first & 0x08) !== 0;
    if (isControl && this.#payloadLeft <= LONGEST_CONTROL) return;
    if (isControl) {
      const reason = "a control frame is too long";
      this.violation = { code: PROTOCOL_ERROR, reason };
      return;
    }
    this.#messageLength += this.#payloadLeft;
    if (this.#messageLength > this.#maxMessage) {
      this.violation = { code: TOO_BIG, reason: "the message is too long" };
    }
    if (first & 0x80) this.#messageLength = 0;
  }

  #length(short: number): number {
    const view = new DataView(this.#header.buffer);
    if (short === 127) return Number(view.getBigUint64(2));
    return short === 126 ? view.getUint16(2) : short;
  }
}
