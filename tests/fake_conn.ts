/**
 * A connection without a socket and an echo without a connection, for tests of
 * what the server does with them.
 *
 * @module
 */

import { ReceiveQueue } from "../src/adapters/receive_queue.ts";
import { Connection } from "../src/connection.ts";
import type { Guest } from "../src/guest.ts";
import type {
  Addr,
  Conn,
  Echo,
  Meter,
  NetAddr,
  TlsSession,
} from "../src/net.ts";
import type { Recording } from "../src/recording.ts";

/** What can be called on a connection and its echo. */
export type Call = "closeWrite" | "close" | "abort" | "drain" | "stop";

/** A connection whose peer is the test. */
export class FakeConn implements Conn {
  readonly remoteAddr: Addr;
  closed = false;
  /** What was called, in order. */
  readonly calls: Call[] = [];
  /** The sizes of the buffers that were read into. */
  readonly buffers: number[] = [];
  /** What each write took. */
  readonly writes: Uint8Array[] = [];
  /** How much one write takes. */
  mostPerWrite = Infinity;
  /** Fails writes, once set. */
  writeError?: Error;
  #received = new ReceiveQueue();
  #held?: PromiseWithResolvers<void>;
  #changed = Promise.withResolvers<void>();

  /** @param remoteAddr who the test says it is. */
  constructor(remoteAddr: Addr = tcp("192.0.2.1", 50_000)) {
    this.remoteAddr = remoteAddr;
  }

  /** All that was written, as text. */
  get written(): string {
    return this.writes.map(textOf).join("");
  }

  /** Sends something to this side. */
  send(data: string | Uint8Array): void {
    this.#received.push(typeof data === "string" ? bytesOf(data) : data);
  }

  /** Sends FIN to this side. */
  sendFin(): void {
    this.#received.end();
  }

  /** Fails reads. */
  fail(error: unknown): void {
    this.#received.fail(error);
  }

  /** Makes writes wait until the function that it gives back is called. */
  holdWrites(): () => void {
    const held = this.#held = Promise.withResolvers<void>();
    return () => {
      this.#held = undefined;
      held.resolve();
    };
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    this.buffers.push(buffer.length);
    this.note();
    return await this.#received.read(buffer);
  }

  unread(data: Uint8Array): void {
    this.#received.unshift(data);
  }

  async write(data: Uint8Array): Promise<number> {
    this.note();
    await this.#held?.promise;
    if (this.writeError) throw this.writeError;
    const taken = data.slice(0, this.mostPerWrite);
    this.writes.push(taken);
    this.note();
    return taken.length;
  }

  closeWrite(): Promise<void> {
    this.note("closeWrite");
    return Promise.resolve();
  }

  close(): void {
    this.#end("close");
  }

  abort(): void {
    this.#end("abort");
  }

  #end(call: Call): void {
    this.closed = true;
    this.fail(new Error("closed by this side"));
    this.note(call);
  }

  /** Notes a call, and that something has changed. */
  note(call?: Call): void {
    if (call) this.calls.push(call);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Waits for the first such call; rejects if none comes. */
  called(call: Call): Promise<void> {
    return this.until(() => this.calls.includes(call), `${call}()`);
  }

  /** Waits for something that reads, writes and calls bring about. */
  until(isSo: () => boolean, what = String(isSo)): Promise<void> {
    const wait = async () => {
      // In a turn of its own, after all that the change brings about.
      for (; !isSo(); await turn()) await this.#changed.promise;
    };
    return inTime(wait(), what);
  }
}

/** A connection that begins with a TLS handshake, which the test settles. */
export class FakeTlsConn extends FakeConn {
  /** The handshake. */
  readonly handshake: PromiseWithResolvers<TlsSession> = Promise
    .withResolvers();
  /** How often it was begun. */
  handshakes = 0;

  readonly startTls = (): Promise<TlsSession> => {
    this.handshakes++;
    if (this.closed) this.#drop();
    return this.handshake.promise;
  };

  override abort(): void {
    super.abort();
    if (this.handshakes > 0) this.#drop();
  }

  #drop(): void {
    this.handshake.reject(new Error("closed by this side"));
  }
}

/** An echo whose state can be set and whose calls are noted. */
export class FakeEcho implements Echo {
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  isPending = false;
  isBlocked = false;
  requestSince?: number;
  /** Settles `finished`. */
  readonly finishing: PromiseWithResolvers<void> = Promise.withResolvers();
  #conn: FakeConn;

  /** @param conn keeps the calls. */
  constructor(conn: FakeConn) {
    this.#conn = conn;
  }

  get finished(): Promise<void> {
    return this.finishing.promise;
  }

  drain(): void {
    this.#conn.note("drain");
  }

  stop(): void {
    this.#conn.note("stop");
  }
}

/** Somebody who came over TCP. */
export const GUEST: Guest = { id: 1, protocol: "tcp", hits: [] };

/** A meter that keeps what it is told. */
export class FakeMeter implements Meter {
  /** What it was told, in milliseconds. */
  readonly times: number[] = [];

  observe(ms: number): void {
    this.times.push(ms);
  }
}

/** A connection of the server's over a fake one. */
export function fakeConnection(
  guest: Partial<Guest> = {},
  recording?: Recording,
) {
  const conn = new FakeConn();
  const echo = new FakeEcho(conn);
  const whole = { ...GUEST, ...guest };
  const connection = new Connection(whole, conn, echo, recording);
  return { conn, echo, connection };
}

/** Passes on a promise, and rejects if it is not settled in 10 seconds. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    const error = new Error(`Waited for ${what} in vain`);
    timer = setTimeout(() => reject(error), 10_000);
  });
  try {
    return await Promise.race([promise, patience]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets what is due run: microtasks, I/O, timers. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The address of a TCP socket. */
export function tcp(hostname: string, port: number): NetAddr {
  return { transport: "tcp", hostname, port };
}
