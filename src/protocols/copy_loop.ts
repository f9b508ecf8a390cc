/**
 * The plain echo: reads, writes what it has read, and reads again.
 *
 * @module
 */

import type { Conn, Echo, Meter } from "../net.ts";
import { ReadBuffer } from "../read_buffer.ts";

const SMALLEST_BUFFER = 512;
const LARGEST_BUFFER = 256 * 1024;
// A clock costs too much to look at each time.
const MEASURED_TURNS = 64;

/** The echo of a connection whose bytes nobody touches. */
export class CopyLoop implements Echo {
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  readonly finished: Promise<void>;
  #conn: Conn;
  #maxBytes: number;
  #meter: Meter;
  #turn = 0;
  #writing = false;
  #draining = false;
  #drainTurn?: ReturnType<typeof setTimeout>;
  #finSent = false;

  /**
   * @param conn the connection.
   * @param maxBytes how many bytes are echoed; `Infinity` for no limit.
   * @param meter told how long some of the echoes take.
   */
  constructor(conn: Conn, maxBytes: number, meter: Meter) {
    this.#conn = conn;
    this.#maxBytes = maxBytes;
    this.#meter = meter;
    this.finished = this.#run();
  }

  get isPending(): boolean {
    return this.bytesOut < this.bytesIn;
  }

  get isBlocked(): boolean {
    return this.isPending;
  }

  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    // A read that is already complete gets this turn to be echoed.
    this.#drainTurn = setTimeout(() => {
      // A failure shows in the pending read as well, which reports it.
      if (!this.#writing) this.#sendFin().catch(() => {});
    });
  }

  async #run(): Promise<void> {
    try {
      await this.#copy();
      await this.#sendFin();
    } catch (error) {
      // Closing makes the pending read or write fail; that was asked for.
      if (!this.#conn.closed) throw error;
    } finally {
      clearTimeout(this.#drainTurn);
    }
  }

  async #copy(): Promise<void> {
    const conn = this.#conn;
    const buffer = new ReadBuffer(SMALLEST_BUFFER, LARGEST_BUFFER);
    for (;;) {
      const read = await conn.read(buffer.bytes);
      if (read === null) return;
      if (this.#finSent) {
        this.bytesDiscarded += read;
        continue;
      }
      const wanted = Math.min(read, this.#maxBytes - this.bytesIn);
      this.bytesIn += wanted;
      this.bytesDiscarded += read - wanted;
      this.#writing = true;
      const isMeasured = this.#turn++ % MEASURED_TURNS === 0;
      const startedAt = isMeasured ? performance.now() : 0;
      for (let sent = 0; sent < wanted;) {
        const part = sent > 0
          ? buffer.bytes.subarray(sent, wanted)
          : buffer.front(wanted);
        const written = await conn.write(part);
        sent += written;
        this.bytesOut += written;
      }
      this.#writing = false;
      if (isMeasured) this.#meter.observe(performance.now() - startedAt);
      if (this.#draining || this.bytesIn >= this.#maxBytes) {
        await this.#sendFin();
      }
      buffer.fit(read);
    }
  }

  async #sendFin(): Promise<void> {
    if (this.#finSent || this.#conn.closed) return;
    this.#finSent = true;
    await this.#conn.closeWrite();
  }
}
