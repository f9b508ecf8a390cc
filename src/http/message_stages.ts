/**
 * What faults do to the messages of a WebSocket.
 *
 * @module
 */

import { Gate } from "../faults/gate.ts";
import { NO_CONTROL } from "../faults/no_control.ts";
import type { Piece, StageControl } from "../faults/stage.ts";
import { startTimer } from "../timer.ts";
import type { Exchange } from "./exchange.ts";

// What may wait for its time, such as under latency, before no more is read.
const MOST_WAITING = 8 * 1024 * 1024;
// What a message takes besides its bytes, about.
const MESSAGE_COST = 256;

/** A message on its way back. */
export interface Message {
  /** The message as it is sent. */
  readonly data: string | Uint8Array<ArrayBuffer>;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** When it came, on the clock of `performance.now()`. */
  readonly receivedAt: number;
}

/** A message that has come. */
export interface Received {
  /** The message as it came. */
  readonly data: string | Uint8Array<ArrayBuffer>;
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the messages before it. */
  readonly offset: number;
}

interface Waiting {
  readonly message?: Message;
  readonly dueAt: number;
  readonly then?: Piece["then"];
}

/**
 * The faults of one WebSocket. Those of messages hit each by its number, those
 * of its connection see the messages as pieces of one stream; no message is
 * ever split.
 */
export class MessageStages {
  #exchange: Exchange;
  #send: (message: Message) => void;
  #gates: readonly Gate[];
  #queue: Waiting[] = [];
  #waiting = 0;
  #lastDueAt = 0;
  #isStopped = false;
  #isReading = true;
  /** Whether a fault ends the connection. */
  isEnding = false;
  #onEmpty?: () => void;
  #timers = new Set<() => void>();

  /**
   * @param exchange the request for the WebSocket.
   * @param options what sends a message.
   */
  constructor(
    exchange: Exchange,
    { send }: { readonly send: (message: Message) => void },
  ) {
    this.#exchange = exchange;
    this.#send = send;
    const { session: { wire, guest } } = exchange;
    const follow = (then: Piece["then"]) => () =>
      this.#enqueue({ dueAt: 0, then });
    const control: Omit<StageControl, "decide"> = {
      end: follow("end"),
      abort: follow("abort"),
      abortNow: () => this.#abort(),
      stopReading: () => {
        this.#isReading = false;
        wire.pause(this, true);
      },
      after: (ms, run) => this.#after(ms, run),
    };
    this.#gates = guest.hits.map((hit) =>
      new Gate(hit, control, performance.now() - exchange.session.openedAt)
    );
  }

  /** Whether a message waits for its time. */
  get isPending(): boolean {
    return this.#queue.length > 0;
  }

  /** Takes a message, and sends what becomes of it when that is due. */
  pass({ data, bytes, offset }: Received): void {
    const { guest: { ip } } = this.#exchange.session;
    const { messagePlan, nextMessage } = this.#exchange.options;
    const receivedAt = performance.now();
    let pieces: readonly Piece[] = [{ data: bytes, offset, dueAt: receivedAt }];
    for (const { start, after } of messagePlan().hits(nextMessage(), ip)) {
      const hasBegun = "ms" in after
        ? receivedAt - this.#exchange.startedAt >= after.ms
        : offset >= after.bytes;
      if (!hasBegun) continue;
      const stage = start(NO_CONTROL);
      pieces = pieces.flatMap((piece) => stage.pass?.(piece) ?? [piece]);
    }
    for (const piece of pieces) {
      const parts: Piece[] = [];
      this.#through(piece, 0, parts);
      this.#enqueue(merge(parts, { data, bytes, receivedAt }));
    }
    for (const gate of this.#gates) gate.reach(offset + bytes.length);
  }

  /** Calls back once no message waits any more. */
  whenEmpty(run: () => void): void {
    if (this.isPending) this.#onEmpty = run;
    else run();
  }

  /** Ends timers: the WebSocket is over. */
  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#queue = [];
  }

  #through(piece: Piece, at: number, parts: Piece[]): void {
    if (at === this.#gates.length) parts.push(piece);
    else {this.#gates[at].pass(piece, (part) =>
        this.#through(part, at + 1, parts));}
  }

  #enqueue(waiting: Waiting | undefined): void {
    if (!waiting || this.#isStopped) return;
    // No fault may reorder the messages of a WebSocket.
    this.#lastDueAt = Math.max(waiting.dueAt, this.#lastDueAt);
    this.#queue.push({ ...waiting, dueAt: this.#lastDueAt });
    this.#waiting += costOf(waiting);
    if (this.#waiting > MOST_WAITING) {
      this.#exchange.session.wire.pause(this, true);
    }
    if (this.#queue.length === 1) this.#sendDue();
  }

  #sendDue(): void {
    while (this.#queue.length > 0 && !this.isEnding) {
      const [first] = this.#queue;
      const ms = first.dueAt - performance.now();
      if (ms > 0) return this.#after(ms, () => this.#sendDue());
      this.#queue.shift();
      this.#waiting -= costOf(first);
      if (first.message) this.#send(first.message);
      if (first.then) this.#end(first.then);
    }
    if (this.#isReading) this.#exchange.session.wire.pause(this, false);
    if (!this.isPending) this.#onEmpty?.();
  }

  #end(then: "end" | "abort"): void {
    this.isEnding = true;
    const { wire } = this.#exchange.session;
    if (then === "end") {
      wire.cut().then(() => wire.onFault());
    } else {
      wire.onFault();
      wire.reset();
    }
  }

  #abort(): void {
    const { wire } = this.#exchange.session;
    wire.onFault();
    wire.abort();
  }

  #after(ms: number, run: () => void): void {
    const cancel = startTimer(ms, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}

function costOf({ message }: Waiting): number {
  return (message?.bytes.length ?? 0) + MESSAGE_COST;
}

// A byte order mark is part of a message.
const TEXT = new TextDecoder("utf-8", { ignoreBOM: true });

// A message that a fault has cut short is no message any more.
function merge(
  parts: readonly Piece[],
  whole: Message,
): Waiting | undefined {
  if (parts.length === 0) return undefined;
  const dueAt = parts.reduce((at, part) => Math.max(at, part.dueAt), 0);
  const then = parts.find((part) => part.then)?.then;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  if (length < whole.bytes.length) return then && { dueAt, then };
  const [{ data: first }] = parts;
  if (parts.length === 1 && first === whole.bytes) {
    return { dueAt, then, message: whole };
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const { data } of parts) {
    bytes.set(data, at);
    at += data.length;
  }
  const data = typeof whole.data === "string" ? TEXT.decode(bytes) : bytes;
  return { dueAt, then, message: { ...whole, data, bytes } };
}
