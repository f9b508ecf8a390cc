/**
 * The echo of a WebSocket: every message comes back as it was.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { WebSocketHandler, WebSocketPeer } from "../web.ts";
import type { Exchange } from "./exchange.ts";
import { type Message, MessageStages } from "./message_stages.ts";

const GOING_AWAY = 1001;

/** The subprotocol to agree on: the client's first, since any will do. */
export function chooseProtocol(list: string | null): string | undefined {
  return list?.split(",")[0].trim() || undefined;
}

/** One WebSocket. */
export class WebSocketEcho implements WebSocketHandler {
  readonly protocol?: string;
  #exchange: Exchange;
  #socket?: WebSocketPeer;
  #stages?: MessageStages;

  /**
   * @param exchange the request for it.
   * @param protocol the subprotocol to agree on.
   */
  constructor(exchange: Exchange, protocol: string | undefined) {
    this.#exchange = exchange;
    this.protocol = protocol;
    // What ends a WebSocket is its own end, not the end of the request.
    exchange.isComplete = false;
  }

  onOpen(socket: WebSocketPeer): void {
    const { session } = this.#exchange;
    this.#socket = socket;
    // A fault of the connection may begin before any message.
    if (session.guest.hits.length > 0) this.#stages = this.#stage();
    const close = () => socket.close(GOING_AWAY, "the server stops");
    session.onDrain(() => {
      if (this.#stages) this.#stages.whenEmpty(close);
      else close();
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
    this.#exchange.code = code;
    this.#stages?.stop();
    this.#exchange.finish();
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
    this.#socket?.send(data);
  }
}
