/**
 * Carries a connection to the runtime's HTTP server, so that a client of HTTP is
 * let in, limited, told of and ended like any other.
 *
 * @module
 */

import type { EndReason } from "../echo_connection.ts";
import { errorText } from "../errors.ts";
import type { LocalConn } from "../host.ts";
import type { Conn, Echo } from "../net.ts";
import { ReadBuffer } from "../read_buffer.ts";
import { Signal } from "../signal.ts";
import { Pauses } from "../timer.ts";
import type { HttpSession, Wire } from "./session.ts";
import { writeAll } from "./write_all.ts";

// At most a quarter of the backlog, which one read may go beyond.
const BUFFER_SIZES = [1024, 64 * 1024] as const;
// What the runtime's server was given has come out once it is quiet this long.
const FLUSH_MS = 50;
// How often it is looked at whether a request is still to be answered.
const OWING_MS = 20;
// How long a shutdown waits for a header whose beginning has come.
const HEADER_GRACE_MS = 500;
// A close fails where the other end has gone, which the other way tells.
const GONE = () => {};
const NO_REQUEST = "what came is no HTTP request that the runtime takes";

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

/** The bytes of a connection both ways; none come in while some wait to go. */
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
  #pausers = new Set<object>();
  #isDraining = false;
  // Nothing goes to the runtime's server any more, or to the client.
  #isShutUp = false;
  #isShutDown = false;
  #isStopped = false;
  #isResetting = false;
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
    const buffer = new ReadBuffer(...BUFFER_SIZES);
    for (;;) {
      if (!this.#mayRead) await this.#until(() => this.#mayRead);
      const read = await conn.read(buffer.bytes);
      if (read === null) break;
      const room = this.#isShutUp ? 0 : this.#options.maxBytes - this.bytesIn;
      const wanted = buffer.front(Math.min(read, room));
      this.bytesDiscarded += read - wanted.length;
      if (wanted.length > 0) await this.#giveUp(inner, wanted);
      buffer.fit(read);
    }
    this.#session.endOfClient();
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
    const isRequest = session.look(data, this.requestSince !== undefined);
    if (isRequest) this.requestSince ??= performance.now();
    try {
      if (session.backlog.isFull) await session.backlog.room();
      await writeAll(inner, session.webSocket?.admit(data) ?? data);
      if (session.isBodied) session.backlog.give(data.length);
    } catch {
      // The runtime's server has closed, which the other way tells.
      this.#isShutUp = true;
    }
    if (this.bytesIn >= this.#options.maxBytes) this.drain();
  }

  async #carryDown(inner: LocalConn): Promise<void> {
    const buffer = new ReadBuffer(...BUFFER_SIZES);
    for (;;) {
      const read = await this.#readDown(inner, buffer.bytes);
      if (read === null || this.#isShutDown) break;
      this.#isBlocked = true;
      await writeAll(this.#conn, buffer.front(read), (written) => {
        this.bytesOut += written;
      });
      this.#isBlocked = false;
      this.#signal.notify();
      buffer.fit(read);
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
    this.#failure = this.requestSince === undefined
      ? new Error(`the answer broke off: ${errorText(error)}`)
      : new Error(NO_REQUEST);
    this.#options.onEnd("error");
    this.#conn.abort();
  }

  // The runtime's server has ended the connection.
  #tellEnd(): void {
    if (this.#conn.closed) return;
    const isSpent = this.bytesIn >= this.#options.maxBytes;
    const isBad = this.requestSince !== undefined && !this.#isDraining;
    if (!isBad && this.#session.hasClientEnded) return;
    if (isBad) this.#failure = new Error(NO_REQUEST);
    this.#options.onEnd(isBad ? "error" : isSpent ? "max-bytes" : "eof");
  }

  async #shutUp(): Promise<void> {
    if (this.#isShutUp || this.#isStopped) return;
    this.#isShutUp = true;
    await this.#inner?.closeWrite().catch(GONE);
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
    await this.#shutDown().catch(GONE);
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
    this.#end("error");
  }

  refuse(): void {
    this.#end("eof");
  }

  #end(reason: EndReason): void {
    if (this.#isStopped) return;
    this.#isShutUp = true;
    this.#options.onEnd(reason);
    this.cut();
  }

  onFault(): void {
    if (this.#isStopped) return;
    this.#options.onEnd("fault");
  }

  get #mayRead(): boolean {
    return !this.#isBlocked && this.#pausers.size === 0;
  }

  pause(who: object, isPaused: boolean): void {
    if (isPaused) this.#pausers.add(who);
    else this.#pausers.delete(who);
    this.#signal.notify();
  }

  drain(): void {
    if (this.#isDraining || this.#isStopped) return;
    this.#isDraining = true;
    this.#session.drain();
    this.#finish();
  }

  // Lets the runtime's server end the connection, once it has answered all.
  async #finish(): Promise<void> {
    // A header of which the beginning has come may still be on its way.
    const hasCome = this.#until(() => this.requestSince === undefined);
    const grace = this.#pauses.pause(HEADER_GRACE_MS);
    await Promise.race([hasCome, grace]);
    await this.#session.until(() => !this.#session.isServing);
    await this.#shutUp();
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
