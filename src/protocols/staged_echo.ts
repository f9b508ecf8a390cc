/**
 * The echo of a connection that is recorded, or that faults are at work on.
 *
 * @module
 */

import { Gate } from "../faults/gate.ts";
import type { Hit } from "../faults/plan.ts";
import type { Piece, StageControl } from "../faults/stage.ts";
import type { Conn, Echo, Meter } from "../net.ts";
import { Signal } from "../signal.ts";
import { startTimer } from "../timer.ts";

const BUFFER = 64 * 1024;
// RST takes with it what the kernel has not sent; this is its time to do so.
const RESET_DELAY_MS = 100;
// What may wait for its time, such as under latency, for each connection.
const MOST_WAITING = 8 * 1024 * 1024;
// What a piece takes besides its bytes, about.
const PIECE_COST = 256;

/** What an echo with stages is made of. */
export interface StagedEchoOptions {
  /** How many bytes are echoed; `Infinity` for no limit. */
  readonly maxBytes: number;
  /** The faults, in the order in which they are composed. */
  readonly hits: readonly Hit[];
  /** Told of what is received; the bytes change after the call. */
  readonly onReceive?: (data: Uint8Array) => void;
  /** Told when a fault ends the connection. */
  readonly onFault: () => void;
  /** Ends the stream for a fault, where FIN would make it look whole. */
  readonly cut?: () => Promise<void>;
  /** Told how long echoes take. */
  readonly meter: Meter;
  /** Where its bytes stand in a longer stream. Default: at its start. */
  readonly offset?: number;
  /** How long ago that began, in milliseconds. Default: now. */
  readonly ageMs?: number;
}

type Then = Piece["then"] | "fin";

interface Waiting {
  readonly data: Uint8Array;
  readonly dueAt: number;
  readonly then?: Then;
}

/**
 * Reads into a queue and writes what is due out of it, both at once, so that
 * a delay does not stop the flow. Each piece passes all stages on its way in.
 */
export class StagedEcho implements Echo {
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  readonly finished: Promise<void>;
  #conn: Conn;
  #options: StagedEchoOptions;
  #gates: readonly Gate[] = [];
  #queue: Waiting[] = [];
  #head = 0;
  #waiting = 0;
  #lastDueAt = 0;
  #reading = true;
  #taking = true;
  #writing = false;
  #finSent = false;
  #hurrying = false;
  #over = false;
  #timers = new Set<() => void>();
  // The one echo whose time is taken.
  #measured?: { readonly bytes: number; readonly startedAt: number };
  #signal = new Signal();

  /**
   * @param conn the connection.
   * @param options what happens to its bytes.
   */
  constructor(conn: Conn, options: StagedEchoOptions) {
    this.#conn = conn;
    this.#options = options;
    this.finished = this.#run();
  }

  get isPending(): boolean {
    return this.#head < this.#queue.length;
  }

  get isBlocked(): boolean {
    return this.#writing;
  }

  drain(): void {
    this.#hurrying = true;
    this.#signal.notify();
    if (!this.#taking) return;
    this.#taking = false;
    this.#enqueue({ data: new Uint8Array(), dueAt: 0, then: "fin" });
  }

  stop(): void {
    this.#over = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    // A connection may be remembered long after its end; this need not be.
    this.#queue = [];
    this.#signal.notify();
  }

  async #run(): Promise<void> {
    try {
      const control = this.#control();
      const { hits, ageMs } = this.#options;
      this.#gates = hits.map((hit) => new Gate(hit, control, ageMs));
      await Promise.all([this.#readAll(), this.#writeAll()]);
    } catch (error) {
      // Closing makes the pending read or write fail; that was asked for.
      if (!this.#conn.closed) throw error;
    } finally {
      this.stop();
    }
  }

  #control(): Omit<StageControl, "decide"> {
    const follow = (then: Then) => () =>
      this.#enqueue({ data: new Uint8Array(), dueAt: 0, then });
    return {
      end: follow("end"),
      abort: follow("abort"),
      abortNow: () => this.#abort(),
      stopReading: () => {
        this.#reading = false;
      },
      after: (ms, run) => this.#after(ms, run),
    };
  }

  async #readAll(): Promise<void> {
    const conn = this.#conn;
    const buffer = new Uint8Array(BUFFER);
    for (;;) {
      await this.#until(() => this.#mayRead());
      if (this.#over) return;
      const read = await conn.read(buffer);
      // What a fault keeps from being read is not taken in either.
      await this.#until(() => this.#reading || !this.#taking);
      if (this.#over) return;
      if (read === null) break;
      this.#take(buffer.subarray(0, read));
    }
    if (!this.#taking) return;
    const delayMs = this.#gates.reduce((ms, gate) => ms + gate.finDelayMs, 0);
    // Whatever holds FIN back for ever ends the connection by itself.
    if (delayMs === Infinity) return;
    this.#taking = false;
    const dueAt = Math.max(performance.now(), this.#lastDueAt) + delayMs;
    this.#enqueue({ data: new Uint8Array(), dueAt, then: "fin" });
  }

  // What waits for the peer stops the reading; what waits for its time does not.
  #mayRead(): boolean {
    if (!this.#taking) return true;
    return this.#reading && !this.#writing &&
      this.#waiting < MOST_WAITING;
  }

  #take(received: Uint8Array): void {
    const room = this.#taking ? this.#options.maxBytes - this.bytesIn : 0;
    const wanted = received.subarray(0, room);
    this.bytesDiscarded += received.length - wanted.length;
    if (wanted.length === 0) return;
    const { offset: start = 0 } = this.#options;
    const offset = start + this.bytesIn;
    this.bytesIn += wanted.length;
    this.#measured ??= { bytes: this.bytesIn, startedAt: performance.now() };
    this.#options.onReceive?.(wanted);
    const data = wanted.slice();
    this.#pass({ data, offset, dueAt: performance.now() }, 0);
    for (const gate of this.#gates) gate.reach(start + this.bytesIn);
    if (this.bytesIn >= this.#options.maxBytes) this.drain();
  }

  #pass(piece: Piece, at: number): void {
    if (at === this.#gates.length) this.#enqueue(piece);
    else this.#gates[at].pass(piece, (part) => this.#pass(part, at + 1));
  }

  #enqueue({ data, dueAt, then }: Waiting): void {
    if (this.#finSent) {
      // A stream that has ended can still be reset, and nothing else.
      if (then === "abort") this.#abort();
      return;
    }
    // No fault may reorder the bytes of a stream.
    this.#lastDueAt = Math.max(dueAt, this.#lastDueAt);
    this.#queue.push({ data, dueAt: this.#lastDueAt, then });
    this.#waiting += data.length + PIECE_COST;
    this.#signal.notify();
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      await this.#until(() => this.isPending);
      if (this.#over) return;
      const { data, dueAt, then } = this.#queue[this.#head];
      await this.#waitFor(dueAt, then);
      if (this.#over) return;
      await this.#write(data);
      this.#advance();
      this.#waiting -= data.length + PIECE_COST;
      this.#signal.notify();
      if (then === "abort") {
        if (this.bytesOut > 0) {
          await this.#waitFor(performance.now() + RESET_DELAY_MS);
        }
        return this.#abort();
      }
      if (then) return await this.#finish(then);
    }
  }

  // Removing the first of many would move all others, each time.
  #advance(): void {
    if (++this.#head < 1024 && this.#head < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  async #write(data: Uint8Array): Promise<void> {
    if (data.length === 0) return;
    this.#writing = true;
    for (let sent = 0; sent < data.length;) {
      const written = await this.#conn.write(data.subarray(sent));
      sent += written;
      this.bytesOut += written;
    }
    this.#writing = false;
    this.#measure();
  }

  #measure(): void {
    const measured = this.#measured;
    if (!measured || this.bytesOut < measured.bytes) return;
    this.#options.meter.observe(performance.now() - measured.startedAt);
    this.#measured = undefined;
  }

  async #finish(then: "end" | "fin"): Promise<void> {
    this.#taking = false;
    this.#finSent = true;
    this.#queue = [];
    this.#head = 0;
    const { cut } = this.#options;
    if (then === "end" && cut) await cut();
    else await this.#conn.closeWrite();
    if (then === "end" && !this.#over) this.#options.onFault();
    this.#signal.notify();
  }

  #abort(): void {
    if (this.#over) return;
    this.#options.onFault();
    this.#conn.abort();
    this.stop();
  }

  #after(ms: number, run: () => void): void {
    const cancel = startTimer(ms, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }

  // A stream that the server ends does not wait for a FIN that is put off.
  async #waitFor(dueAt: number, then?: Then): Promise<void> {
    const ms = dueAt - performance.now();
    if (ms <= 0) return;
    let isDue = false;
    this.#after(ms, () => {
      isDue = true;
      this.#signal.notify();
    });
    await this.#until(() => isDue || (then === "fin" && this.#hurrying));
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo() && !this.#over) await this.#signal.changed;
  }
}
