/**
 * One connection of an HTTP listener, as the answers to its requests see it.
 *
 * @module
 */

import { type Guest, namesOf } from "../guest.ts";
import type { Conn } from "../net.ts";
import { Moment } from "../moment.ts";
import { Signal } from "../signal.ts";
import { Backlog } from "./backlog.ts";
import { Head } from "./head.ts";

/** What the answers to requests may do to their connection. */
export interface Wire {
  /** Settles once what was answered is on its way to the client. */
  flushed(): Promise<void>;
  /** Ends the stream to the client with FIN, without what is not sent yet. */
  cut(): Promise<void>;
  /** Drops the connection, with RST, once what was answered is on its way. */
  reset(): Promise<void>;
  /** Drops the connection, with RST, at once. */
  abort(): void;
  /** Reads no more from the client, until all who want it so go on. */
  pause(who: object, isPaused: boolean): void;
  /** Ends the connection once its requests are answered. */
  drain(): void;
  /** Ends the connection because of what is wrong with a request. */
  fail(error: Error): void;
  /** Takes nothing more, sends what was answered and ends the connection. */
  refuse(): void;
  /** Notes that a fault ends the connection. */
  onFault(): void;
  /** Notes that a request has come, as far as its header goes. */
  onRequest(): void;
}

/** A WebSocket that is watched over. */
export interface GuardedSocket {
  /** What of some bytes may pass; ends the WebSocket if that is not all. */
  admit(data: Uint8Array): Uint8Array;
}

/** A request that is being answered. */
export interface Serving {
  /** Whether it has come whole, and its answer has not gone. */
  readonly isOwed: boolean;
  /** Whether its answer is held back on purpose. */
  readonly isHeld: boolean;
}

// The last place in a first line, or the first line that HTTP/2 pretends to
// (RFC 9112, section 3; RFC 9113, section 3.4).
const VERSION = /^[^\r\n]* (HTTP\/\d(?:\.\d)?)\r?\n/;

const CR = 13;
const LF = 10;

// A first line that is longer says nothing of its version.
const LONGEST_FIRST_LINE = 16 * 1024;

/** One connection of an HTTP listener. */
export class HttpSession {
  /** Who the client is. */
  readonly guest: Guest;
  /** The connection. */
  readonly conn: Conn;
  /** What records call its ends. */
  readonly names: ReturnType<typeof namesOf>;
  /** Bytes of the bodies that were answered. */
  bytesAnswered = 0;
  /** The WebSocket that it is by now, if it is one. */
  webSocket?: GuardedSocket;
  /** The header of the request that is awaited. */
  readonly head: Head = new Head();
  /** When it began, on the clock of `performance.now()`. */
  readonly openedAt: number = performance.now();
  /** What the runtime's server has of a body. */
  readonly backlog: Backlog = new Backlog();
  #wire?: Wire;
  #serving = new Set<Serving>();
  #requests = 0;
  #firstLine = "";
  #version?: string;
  #drain = new Moment();
  #clientEnd = new Moment();
  #end = new Moment();
  #signal = new Signal();

  /**
   * @param guest who the client is.
   * @param conn the connection.
   */
  constructor(guest: Guest, conn: Conn) {
    this.guest = guest;
    this.conn = conn;
    this.names = namesOf(conn, guest.client);
  }

  /** What may be done to the connection. */
  get wire(): Wire {
    if (!this.#wire) throw new Error("the connection is not open yet");
    return this.#wire;
  }

  /** Says what may be done to the connection; once. */
  connect(wire: Wire): void {
    this.#wire = wire;
  }

  /** How many requests are being answered. */
  get servings(): number {
    return this.#serving.size;
  }

  /** Whether a request is being answered. */
  get isServing(): boolean {
    return this.#serving.size > 0;
  }

  /** Whether a request has come whole, and its answer has not gone. */
  get isOwing(): boolean {
    return this.#serving.values().some(({ isOwed }) => isOwed);
  }

  /** Whether an answer is held back on purpose. */
  get isHolding(): boolean {
    return this.#serving.values().some(({ isHeld }) => isHeld);
  }

  /** Whether the connection is over. */
  get isOver(): boolean {
    return this.#end.hasCome;
  }

  /** Whether the client has ended its stream. */
  get hasClientEnded(): boolean {
    return this.#clientEnd.hasCome;
  }

  /** Whether no more requests are wanted. */
  get isDraining(): boolean {
    return this.#drain.hasCome;
  }

  /** The version of HTTP, as far as it is known. */
  get version(): string {
    return this.#version ?? "HTTP/1.1";
  }

  /** Whether it speaks HTTP/2, where requests share the connection. */
  get isMultiplexed(): boolean {
    return this.#version === "HTTP/2";
  }

  /** Whether what comes now is the body of a request. */
  get isBodied(): boolean {
    const isOwn = !this.webSocket && !this.isMultiplexed;
    return isOwn && this.isServing && !this.isOver;
  }

  /** Whether what comes now must be the header of a request. */
  get awaitsRequest(): boolean {
    if (this.webSocket || this.isServing) return false;
    // Later, HTTP/2 has things to say that belong to no request.
    return !this.isMultiplexed || this.#requests === 0;
  }

  /**
   * Looks at bytes that have come.
   *
   * @param data the bytes.
   * @param hasBegun whether a request has begun before them.
   * @returns whether they are of a header that is awaited.
   */
  look(data: Uint8Array, hasBegun = false): boolean {
    const isAwaited = this.awaitsRequest;
    if (isAwaited && !hasBegun) this.head.restart();
    if (!this.webSocket && !this.isMultiplexed) this.head.look(data);
    this.#lookForVersion(data);
    // Empty lines before a request are nothing (RFC 9112, section 2.2).
    return isAwaited && data.some((byte) => byte !== CR && byte !== LF);
  }

  #lookForVersion(data: Uint8Array): void {
    if (this.#version !== undefined) return;
    this.#firstLine += new TextDecoder("latin1").decode(data);
    const isLine = this.#firstLine.includes("\n");
    const found = isLine ? VERSION.exec(this.#firstLine)?.[1] : undefined;
    const isTooLong = this.#firstLine.length > LONGEST_FIRST_LINE;
    if (isLine || isTooLong) {
      this.#version = found?.replace("/2.0", "/2") ?? "HTTP/1.1";
      this.#firstLine = "";
    }
  }

  /** Begins to answer a request; gives back what ends that. */
  serve(serving: Serving): () => void {
    this.#requests++;
    this.#serving.add(serving);
    this.wire.onRequest();
    return () => {
      this.#serving.delete(serving);
      if (!this.isServing) this.backlog.clear();
      this.#signal.notify();
    };
  }

  /** Calls back when the connection is over; gives back what ends that. */
  onEnd(run: () => void): () => void {
    return this.#end.call(run);
  }

  /** Calls back when no more requests are wanted; gives back what ends that. */
  onDrain(run: () => void): () => void {
    return this.#drain.call(run);
  }

  /** Calls back when the client has ended its stream; gives back what ends it. */
  onClientEnd(run: () => void): () => void {
    return this.#clientEnd.call(run);
  }

  /** Wants no more requests; what goes on by itself is asked to end. */
  drain(): void {
    if (!this.isOver) this.#drain.come();
  }

  /** Notes that the client has ended its stream. */
  endOfClient(): void {
    this.#clientEnd.come();
  }

  /** Settles once something is so, or the connection is over. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo() && !this.isOver) await this.#signal.changed;
  }

  /** Ends whatever still waits: the connection is over. */
  end(): void {
    if (this.isOver) return;
    this.#end.come();
    this.backlog.clear();
    this.#signal.notify();
  }
}
