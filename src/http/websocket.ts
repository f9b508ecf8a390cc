/**
 * The echo of a WebSocket: every message comes back as it was.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { WebSocketHandler, WebSocketPeer } from "../web.ts";
import type { Exchange } from "./exchange.ts";
import { FrameGuard } from "./frame_guard.ts";
import { type Message, MessageStages } from "./message_stages.ts";
import type { GuardedSocket } from "./session.ts";

const GOING_AWAY = 1001;
// What may wait to be sent before no more is read.
const MOST_BUFFERED = 1024 * 1024;
const RELIEF_MS = 20;

/** The subprotocol to agree on: the client's first, since any will do. */
export function chooseProtocol(list: string | null): string | undefined {
  return list?.split(",").map((name) => name.trim()).find(Boolean);
}

/** What a WebSocket goes by. */
export interface WebSocketOptions {
  /** The subprotocol to agree on. */
  readonly protocol?: string;
  /** The longest message, in bytes. */
  readonly maxMessage: number;
}

/** One WebSocket. */
export class WebSocketEcho implements WebSocketHandler, GuardedSocket {
  readonly protocol?: string;
  #exchange: Exchange;
  #guard: FrameGuard;
  #socket?: WebSocketPeer;
  #stages?: MessageStages;
  // Ends the wait for what is buffered to be sent.
  #relief?: () => void;

  /**
   * @param exchange the request for it.
   * @param options the subprotocol to agree on, and the longest message.
   */
  constructor(
    exchange: Exchange,
    { protocol, maxMessage }: WebSocketOptions,
  ) {
    this.#exchange = exchange;
    this.#guard = new FrameGuard(maxMessage);
    this.protocol = protocol;
    // What ends a WebSocket is its own end, not the end of the request.
    exchange.isComplete = false;
  }

  onOpen(socket: WebSocketPeer): void {
    const { session } = this.#exchange;
    this.#socket = socket;
    // A fault of the connection may begin before any message.
    if (session.guest.hits.length > 0) this.#stages = this.#stage();
    const close = () => socket.close(GOING_AWAY, "the connection ends");
    session.onDrain(() => {
      if (!this.#stages) close();
      else if (!this.#stages.isEnding) this.#stages.whenEmpty(close);
    });
  }

  onMessage(data: string | Uint8Array<ArrayBuffer>): void {
    const exchange = this.#exchange;
    const { session, isRecording, options: { meter, messagePlan } } = exchange;
    const startedAt = performance.now();
    exchange.messages = (exchange.messages ?? 0) + 1;
    exchange.options.onMessage();
    const isPlain = session.guest.hits.length === 0 && messagePlan().isEmpty;
    if (isPlain && !this.#stages && !isRecording) {
      const length = typeof data === "string"
        ? Buffer.byteLength(data)
        : data.length;
      exchange.bytesIn += length;
      this.#send(data, length);
      return meter.observe(performance.now() - startedAt);
    }
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data;
    const offset = exchange.bytesIn;
    exchange.receive(bytes);
    this.#stages ??= this.#stage();
    this.#stages.pass({ data, bytes, offset });
  }

  onClose(code: number): void {
    this.#exchange.code ??= code;
    this.#stages?.stop();
    this.#relief?.();
    this.#exchange.finish();
  }

  admit(data: Uint8Array): Uint8Array {
    const passed = this.#guard.look(data);
    const { violation } = this.#guard;
    if (violation) {
      this.#exchange.code = violation.code;
      this.#socket?.close(violation.code, violation.reason);
      this.#exchange.session.wire.refuse();
    }
    return data.subarray(0, passed);
  }

  #stage(): MessageStages {
    const { options: { meter } } = this.#exchange;
    const stages = new MessageStages(this.#exchange, {
      send: ({ data, bytes, receivedAt }: Message) => {
        this.#send(data, bytes.length);
        meter.observe(performance.now() - receivedAt);
      },
    });
    this.#exchange.holds = () => stages.isPending;
    this.#exchange.session.onEnd(() => stages.stop());
    return stages;
  }

  #send(data: string | Uint8Array<ArrayBuffer>, length: number): void {
    this.#exchange.bytesOut += length;
    this.#exchange.options.onMessageSent();
    const socket = this.#socket;
    if (!socket) return;
    socket.send(data);
    if (!this.#relief && socket.buffered > MOST_BUFFERED) this.#relieve(socket);
  }

  // Deno keeps what waits to be sent, and goes on reading.
  #relieve(socket: WebSocketPeer): void {
    const { wire } = this.#exchange.session;
    wire.pause(this, true);
    const timer = setInterval(() => {
      if (socket.buffered <= MOST_BUFFERED / 2) this.#relief?.();
    }, RELIEF_MS);
    this.#relief = () => {
      clearInterval(timer);
      this.#relief = undefined;
      wire.pause(this, false);
    };
  }
}
