/**
 * HTTP: the runtime's own server behind echod's listeners.
 *
 * @module
 */

import { errorText } from "../errors.ts";
import type { FaultPlan } from "../faults/plan.ts";
import type { Runtime } from "../host.ts";
import type { HttpStats } from "../metrics.ts";
import type { Echo, Meter } from "../net.ts";
import type { ServerRecord } from "../records.ts";
import type { Shared } from "../shared.ts";
import type { WebContext } from "../web.ts";
import { answer, plain } from "./answer.ts";
import { Exchange, type ExchangeOptions } from "./exchange.ts";
import { LocalWeb } from "./local_web.ts";
import { RequestLog } from "./requests.ts";
import type { HttpSession } from "./session.ts";
import { chooseProtocol, WebSocketEcho } from "./websocket.ts";

/**
 * The settings of HTTP listeners.
 *
 * @example Always the same answer
 * ```ts
 * import { type HttpSettings, serveEcho } from "@echod/echod";
 *
 * const settings: HttpSettings = { httpText: "here I am" };
 * await using server = await serveEcho({
 *   listen: "http://127.0.0.1:0",
 *   ...settings,
 * });
 * console.log(await (await fetch(server.url)).text()); // here I am
 * ```
 */
export interface HttpSettings {
  /** Text that answers every request. Default: requests are echoed. */
  readonly httpText?: string;
  /**
   * Whether a description shows header fields such as `Authorization`.
   *
   * @default {false}
   */
  readonly showSecrets?: boolean;
  /**
   * Bytes that the body of a request may have; 0: no limit.
   *
   * @default {0}
   */
  readonly maxBody?: number;
  /**
   * Bytes that a message of a WebSocket may have.
   *
   * @default {16777216}
   */
  readonly maxMessage?: number;
}

/** Bytes that a message of a WebSocket may have. */
export const DEFAULT_MAX_MESSAGE: number = 16 * 2 ** 20;

/** What HTTP listeners go by. */
export interface HttpOptions extends HttpSettings {
  /** Bytes that are kept of each body. Default: none. */
  readonly recordLimit?: number;
  /** Requests that can be waited for, the latest. */
  readonly history: number;
  /** The faults that hit messages at first. */
  readonly plan: FaultPlan;
  /** Told how long echoes take. */
  readonly meter: Meter;
  /** What it shares with servers on other threads, if there are any. */
  readonly shared?: Shared;
  /** Told of everything that happens. */
  readonly tell: (record: ServerRecord) => void;
}

// Requests of one connection that are answered at once.
const MOST_AT_ONCE = 256;

/** The HTTP of a server: what its listeners bring, answered. */
export class HttpPlane {
  /** The faults that hit messages that come from now on. */
  plan: FaultPlan;
  /** The requests that can be waited for. */
  readonly requests: RequestLog;
  #web: LocalWeb;
  #tell: (record: ServerRecord) => void;
  #exchangeOptions: ExchangeOptions;
  #answers: Record<number, number> = {};
  #maxMessage: number;
  #latestMessage = 0;
  #counts = { requests: 0, webSockets: 0, messagesIn: 0, messagesOut: 0 };

  private constructor(web: LocalWeb, options: HttpOptions) {
    this.plan = options.plan;
    this.requests = new RequestLog(options.history);
    this.#web = web;
    this.#tell = options.tell;
    this.#maxMessage = options.maxMessage ?? DEFAULT_MAX_MESSAGE;
    this.#exchangeOptions = {
      text: options.httpText,
      showSecrets: options.showSecrets ?? false,
      maxBody: options.maxBody ?? 0,
      recordLimit: options.recordLimit,
      isKept: options.history > 0,
      meter: options.meter,
      messagePlan: () => this.plan,
      nextMessage: () => this.#latestMessage,
      onMessage: () => {
        this.#counts.messagesIn++;
        this.#latestMessage = options.shared?.nextMessage() ??
          this.#counts.messagesIn;
      },
      onMessageSent: () => this.#counts.messagesOut++,
      onFinish: (exchange) => this.#finish(exchange),
    };
  }

  /**
   * Starts the runtime's server.
   *
   * @param runtime whose server it is.
   * @param options what the listeners go by.
   * @returns the same.
   * @throws the runtime's error if it does not start.
   */
  static async start(
    runtime: Runtime,
    options: HttpOptions,
  ): Promise<HttpPlane> {
    const { tell, maxMessage = DEFAULT_MAX_MESSAGE } = options;
    const web = await LocalWeb.start(runtime, {
      maxMessage,
      onRequest: (...args) => plane.#answer(...args),
      onError: (error) =>
        tell({ event: "error", message: `HTTP: ${errorText(error)}` }),
    });
    const plane = new HttpPlane(web, options);
    return plane;
  }

  /** What has happened until now. */
  get stats(): HttpStats {
    return { ...this.#counts, answers: { ...this.#answers } };
  }

  /** Answers what comes over a connection, like {@linkcode LocalWeb.serve}. */
  serve(...args: Parameters<LocalWeb["serve"]>): Echo {
    return this.#web.serve(...args);
  }

  /** Stops; nobody is answered any more. */
  async close(): Promise<void> {
    this.requests.end();
    await this.#web.close();
  }

  #answer(
    request: Request,
    session: HttpSession,
    { upgrade }: WebContext,
  ): Response | Promise<Response> {
    // HTTP/2 lets a client give up on answers, and ask for others.
    if (session.servings >= MOST_AT_ONCE) {
      return new Response("Too many requests at once\n", { status: 429 });
    }
    const exchange = new Exchange(request, session, this.#exchangeOptions);
    this.#counts.requests++;
    return request.headers.get("upgrade")?.toLowerCase() === "websocket"
      ? this.#upgrade(exchange, upgrade)
      : answer(exchange);
  }

  #upgrade(
    exchange: Exchange,
    upgrade: WebContext["upgrade"],
  ): Response | Promise<Response> {
    const { headers } = exchange;
    exchange.isComplete = true;
    // RFC 6455, section 4.4.
    if (headers.get("sec-websocket-version") !== "13") {
      const fields = { "sec-websocket-version": "13" };
      const line = "expected version 13 of the WebSocket protocol";
      return plain(exchange, 426, line, { fields });
    }
    // RFC 6455, section 4.1: a client has to wait for the answer. What it does
    // not would pass by whatever watches over its frames.
    if (exchange.session.head.bytesAfter > 0) {
      const line = "expected nothing after the request for a WebSocket";
      return plain(exchange, 400, line, { close: true });
    }
    const protocol = chooseProtocol(headers.get("sec-websocket-protocol"));
    const maxMessage = this.#maxMessage;
    const echo = new WebSocketEcho(exchange, { protocol, maxMessage });
    let response: Response;
    try {
      response = upgrade(echo);
    } catch (error) {
      const line = `Cannot open a WebSocket: ${errorText(error)}`;
      return plain(exchange, 400, line, { close: true });
    }
    exchange.session.webSocket = echo;
    exchange.status = 101;
    exchange.messages = 0;
    this.#counts.webSockets++;
    return response;
  }

  #finish(exchange: Exchange): void {
    const { session, status, messages, code } = exchange;
    if (status === 101) this.#counts.webSockets--;
    const durationMs = performance.now() - exchange.startedAt;
    // Status 0 is no answer; of WebSockets, each message is measured.
    if (status > 0) this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    if (status > 0 && messages === undefined) {
      this.#exchangeOptions.meter.observe(durationMs - exchange.heldMs);
    }
    const { method, url, bytesIn, bytesOut, options } = exchange;
    this.#tell({
      event: "request",
      id: session.guest.id,
      ...session.names,
      method: shorten(method),
      path: shorten(url.pathname),
      ...{ status, bytesIn, bytesOut },
      durationMs: Math.round(durationMs),
      ...(messages !== undefined && { messages }),
      ...(code !== undefined && { code }),
    });
    if (options.isKept) this.requests.add(exchange.kept);
  }
}

const LONGEST_TEXT = 256;

function shorten(text: string): string {
  return text.length > LONGEST_TEXT
    ? `${text.slice(0, LONGEST_TEXT)}...`
    : text;
}
