/**
 * One request and its answer.
 *
 * @module
 */

import type { FaultPlan } from "../faults/plan.ts";
import type { Meter } from "../net.ts";
import { Recording } from "../recording.ts";
import { KeptRequest } from "./requests.ts";
import type { HttpSession, Serving } from "./session.ts";

/** What every exchange of a server goes by. */
export interface ExchangeOptions {
  /** Fixed text that answers every request. */
  readonly text?: string;
  /** Whether header fields such as `Authorization` are shown to their client. */
  readonly showSecrets: boolean;
  /** Bytes that a body may have; 0: no limit. */
  readonly maxBody: number;
  /** Bytes that are kept of each body. Default: none. */
  readonly recordLimit?: number;
  /** Whether requests are kept after their end. */
  readonly isKept: boolean;
  /** The faults that hit messages of WebSockets. */
  readonly messagePlan: () => FaultPlan;
  /** Gives the next message of a WebSocket its number. */
  readonly nextMessage: () => number;
  /** Told of every message of a WebSocket. */
  readonly onMessage: () => void;
  /** Told of every message that is sent. */
  readonly onMessageSent: () => void;
  /** Told how long echoes take. */
  readonly meter: Meter;
  /** Told when the answer has gone, or never will. */
  readonly onFinish: (exchange: Exchange) => void;
}

// Of a Host that cannot be one there is no URL, and Bun gives a path alone.
function urlOf({ url }: Request): URL {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  return URL.parse(url) ?? new URL(`http://localhost${path}`);
}

/** One request and its answer. */
export class Exchange implements Serving {
  /** The request. */
  readonly request: Request;
  /** Its URL; the host may be missing. */
  readonly url: URL;
  /** The connection that it came on. */
  readonly session: HttpSession;
  /** What all exchanges go by. */
  readonly options: ExchangeOptions;
  /** When it came, on the clock of `performance.now()`. */
  readonly startedAt: number = performance.now();
  /** Its method. */
  readonly method: string;
  /** Its header fields. */
  readonly headers: Headers;
  /** The status of the answer; 101 for a WebSocket, 0 for none. */
  status = 0;
  /** Bytes of its body, or of all messages. */
  bytesIn = 0;
  /** Bytes of the answer's body, or of all messages. */
  bytesOut = 0;
  /** Messages received, of a WebSocket. */
  messages?: number;
  /** The code with which a WebSocket was closed. */
  code?: number;
  /** Whether its body has come whole. */
  isComplete = false;
  /** Whether the connection ends with the answer. */
  closes = false;
  /** How long its answer was held back because the client wants it so, in ms. */
  heldMs = 0;
  /** Tells whether the answer is held back on purpose. */
  holds: () => boolean = () => false;
  #recording?: Recording;
  #leave: () => void = () => {};
  #forget: () => void = () => {};
  #isFinished = false;

  /**
   * @param request the request.
   * @param session the connection that it came on.
   * @param options what all exchanges go by.
   */
  constructor(
    request: Request,
    session: HttpSession,
    options: ExchangeOptions,
  ) {
    const { recordLimit, isKept } = options;
    const { method, headers } = request;
    this.request = request;
    this.method = method;
    // Deno forgets a request's own fields once it is answered.
    this.headers = isKept ? new Headers(headers) : headers;
    this.url = urlOf(request);
    this.session = session;
    this.options = options;
    if (recordLimit !== undefined) this.#recording = new Recording(recordLimit);
    this.#leave = session.serve(this);
    this.#forget = session.onEnd(() => this.finish());
  }

  /** Whether what is received is kept. */
  get isRecording(): boolean {
    return this.#recording !== undefined;
  }

  get isOwed(): boolean {
    return this.isComplete;
  }

  get isHeld(): boolean {
    return this.holds();
  }

  /** What may be kept of it, when it is over. */
  get kept(): KeptRequest {
    const { method, headers, status, url, session } = this;
    return new KeptRequest({
      ...{ method, headers, status },
      connection: session.guest.id,
      path: url.pathname,
      query: url.search.slice(1),
      version: session.version,
    }, this.#recording);
  }

  /** Takes note of a part of the body, or a message. */
  receive(data: Uint8Array): void {
    this.bytesIn += data.length;
    this.#recording?.add(data);
  }

  /** Takes note of a part of the answer's body. */
  sent(bytes: number): void {
    this.bytesOut += bytes;
    this.session.bytesAnswered += bytes;
  }

  /** Ends it: the answer has gone, or never will. Idempotent. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#forget();
    this.options.onFinish(this);
    this.#leave();
    if (this.closes) this.session.wire.drain();
  }
}
