/**
 * Carries the bytes of a connection to the runtime's HTTP server and back, so
 * that a client of HTTP is let in, limited, told of and ended like any other.
 *
 * @module
 */

import type { EndReason } from "../echo_connection.ts";
import { errorText } from "../errors.ts";
import type { LocalConn } from "../host.ts";
import type { Conn, Echo } from "../net.ts";
import { Signal } from "../signal.ts";
import { Pauses } from "../timer.ts";
import type { HttpSession, Wire } from "./session.ts";
import { writeAll } from "./write_all.ts";

const SMALLEST_BUFFER = 1024;
const LARGEST_BUFFER = 64 * 1024;

// What the runtime's server was given has come out once it is quiet this long.
const FLUSH_MS = 50;
// How often it is looked at whether a request is still to be answered.
const OWING_MS = 20;
// How long a shutdown waits for a header whose beginning has come.
const HEADER_GRACE_MS = 500;

/** What a bridge goes by. */
export interface BridgeOptions {
  /** Connects to the runtime's server. */
  readonly open: () => Promise<LocalConn>;
  /** Bytes after which the client is listened to no more. */
  readonly maxBytes: number;
  /** Told of what is received; the bytes change after the call. */
  readonly onReceive?: (data: Uint8Array) => void;
  /** Told when this side ends the connection, and why. */
  readonly onEnd: (reason: EndReason) => void;
}

/** The bytes of a connection, both ways; none come in while none go out. */
export class Bridge implements Echo, Wire {
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  requestSince?: number;
  readonly finished: Promise<void>;
  #conn: Conn;
  #session: HttpSession;
  #options: BridgeOptions;
  #inner?: LocalConn;
  #isBlocked = false;
  #isPaused = false;
  #isDraining = false;
  // Nothing goes to the runtime's server any more, or to the client.
  #isShutUp = false;
  #isShutDown = false;
  #isStopped = false;
  #isResetting = false;
  #hasClientEnded = false;
  #failure?: Error;
  #pauses = new Pauses();
  #signal = new Signal();

  /**
   * @param session the connection, as its answers see it.
   * @param options what the bridge goes by.
   */
  constructor(session: HttpSession, options: BridgeOptions) {
    this.#conn = session.conn;
    this.#session = session;
    this.#options = options;
    session.connect(this);
    this.finished = this.#run();
  }

  get isPending(): boolean {
    return this.#isBlocked || this.#session.isHolding;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  async #run(): Promise<void> {
    try {
      const inner = await this.#options.open();
      this.#inner = inner;
      if (this.#isStopped) return inner.abort();
      await Promise.all([this.#carryUp(inner), this.#carryDown(inner)]);
    } catch (error) {
      // Closing makes a pending read or write fail; that was asked for.
      if (!this.#conn.closed && !this.#failure) throw error;
    } finally {
      this.stop();
    }
    if (this.#failure) throw this.#failure;
  }

  async #carryUp(inner: LocalConn): Promise<void> {
    const conn = this.#conn;
    let buffer = new Uint8Array(SMALLEST_BUFFER);
    for (;;) {
      if (this.#isBlocked || this.#isPaused) {
        await this.#until(() => !this.#isBlocked && !this.#isPaused);
      }
      const read = await conn.read(buffer);
      if (read === null) break;
      const room = this.#isShutUp ? 0 : this.#options.maxBytes - this.bytesIn;
      const wanted = buffer.subarray(0, Math.min(read, room));
      this.bytesDiscarded += read - wanted.length;
      if (wanted.length > 0) await this.#giveUp(inner, wanted);
      if (read === buffer.length && read < LARGEST_BUFFER) {
        buffer = new Uint8Array(read * 4);
      }
    }
    this.#hasClientEnded = true;
    await this.#answered();
    await this.#shutUp();
  }

  // Both runtimes take the end of the stream for a client that has left.
  async #answered(): Promise<void> {
    const until = performance.now() + HEADER_GRACE_MS;
    const isDue = () =>
      this.#session.isOwing || this.#session.isHolding ||
      this.requestSince !== undefined && performance.now() < until;
    while (isDue() && !this.#isShutUp && !this.#isStopped) {
      await this.#pauses.pause(OWING_MS);
    }
    if (this.bytesIn > 0) await this.flushed();
  }

  async #giveUp(inner: LocalConn, data: Uint8Array): Promise<void> {
    const session = this.#session;
    this.bytesIn += data.length;
    this.#options.onReceive?.(data);
    session.look(data);
    if (session.awaitsRequest) {
      this.requestSince ??= performance.now();
    }
    try {
      if (session.backlog.isFull) await session.backlog.room();
      await writeAll(inner, data);
      if (session.isBodied) session.backlog.give(data.length);
    } catch {
      // The runtime's server has closed, which the other way tells.
      this.#isShutUp = true;
    }
    if (this.bytesIn >= this.#options.maxBytes) this.drain();
  }

  async #carryDown(inner: LocalConn): Promise<void> {
    let buffer = new Uint8Array(SMALLEST_BUFFER);
    for (;;) {
      const read = await this.#readDown(inner, buffer);
      if (read === null || this.#isShutDown) break;
      this.#isBlocked = true;
      await writeAll(this.#conn, buffer.subarray(0, read), (written) => {
        this.bytesOut += written;
      });
      this.#isBlocked = false;
      this.#signal.notify();
      if (read === buffer.length && read < LARGEST_BUFFER) {
        buffer = new Uint8Array(read * 4);
      }
    }
    this.#isShutUp = true;
    await this.#shutDown();
    this.#tellEnd();
  }

  async #readDown(
    inner: LocalConn,
    buffer: Uint8Array,
  ): Promise<number | null> {
    try {
      return await inner.read(buffer);
    } catch (error) {
      if (!this.#isShutDown && !this.#isStopped) this.#cutShort(error);
      return null;
    }
  }

  // An answer that broke off must not look like one that is whole.
  #cutShort(error: unknown): void {
    if (!this.#session.isServing && !this.requestSince) return;
    this.#failure = new Error(`the answer broke off: ${errorText(error)}`);
    this.#options.onEnd("error");
    this.#conn.abort();
  }

  // The runtime's server has ended the connection before the client did.
  #tellEnd(): void {
    if (this.#conn.closed) return;
    if (this.requestSince === undefined || this.#isDraining) {
      if (!this.#hasClientEnded) this.#options.onEnd("eof");
      return;
    }
    this.#failure = new Error("what came is no valid HTTP request");
    this.#options.onEnd("error");
  }

  async #shutUp(): Promise<void> {
    if (this.#isShutUp || this.#isStopped) return;
    this.#isShutUp = true;
    // It fails where the other end has gone, which the other way tells.
    await this.#inner?.closeWrite().catch(() => {});
  }

  async #shutDown(): Promise<void> {
    if (this.#isShutDown || this.#isResetting || this.#conn.closed) return;
    this.#isShutDown = true;
    await this.#conn.closeWrite();
  }

  async flushed(): Promise<void> {
    for (let seen = -1; seen !== this.bytesOut && !this.#isStopped;) {
      seen = this.bytesOut;
      await this.#pauses.pause(FLUSH_MS);
      await this.#until(() => !this.#isBlocked);
    }
  }

  async cut(): Promise<void> {
    await this.flushed();
    // It fails where the client has gone, which the other way tells.
    await this.#shutDown().catch(() => {});
    this.#isShutUp = true;
    this.#inner?.abort();
  }

  async reset(): Promise<void> {
    this.#isResetting = true;
    await this.flushed();
    this.abort();
  }

  abort(): void {
    this.#conn.abort();
    this.stop();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#options.onEnd("error");
    this.cut();
  }

  onFault(): void {
    this.#options.onEnd("fault");
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#signal.notify();
  }

  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#session.drain();
    this.#finish();
  }

  // Lets the runtime's server end the connection, once it has answered all.
  async #finish(): Promise<void> {
    if (this.requestSince !== undefined) await this.#giveGrace();
    await this.#session.until(() => !this.#session.isServing);
    await this.#shutUp();
  }

  async #giveGrace(): Promise<void> {
    const grace = this.#pauses.pause(HEADER_GRACE_MS);
    let isOver = false;
    grace.then(() => {
      isOver = true;
      this.#signal.notify();
    });
    await this.#until(() => isOver || this.requestSince === undefined);
  }

  onRequest(): void {
    this.requestSince = undefined;
    this.#signal.notify();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#pauses.end();
    this.#inner?.abort();
    this.#session.end();
    this.#signal.notify();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo() && !this.#isStopped) await this.#signal.changed;
  }
}
