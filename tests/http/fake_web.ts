/**
 * HTTP without sockets: the test plays the runtime's HTTP server, the client
 * and the wire between them.
 *
 * @module
 */

import type { EndReason } from "../../src/echo_connection.ts";
import { Decisions } from "../../src/faults/decisions.ts";
import { FaultPlan, type Hit } from "../../src/faults/plan.ts";
import type { Fault } from "../../src/faults/types.ts";
import type { Guest } from "../../src/guest.ts";
import type { LocalConn, Runtime } from "../../src/host.ts";
import { Bridge, type BridgeOptions } from "../../src/http/bridge.ts";
import { Exchange, type ExchangeOptions } from "../../src/http/exchange.ts";
import { type HttpOptions, HttpPlane } from "../../src/http/plane.ts";
import { HttpSession, type Wire } from "../../src/http/session.ts";
import type { ServerRecord } from "../../src/records.ts";
import type {
  WebServer,
  WebServerOptions,
  WebSocketHandler,
  WebSocketPeer,
} from "../../src/web.ts";
import { FakeConn, inTime, textOf, turn } from "../fake_conn.ts";
import { fakeRuntime } from "../fake_runtime.ts";

/** Waits for something that no call tells of; rejects if it never comes. */
export async function until(isSo: () => boolean, what = String(isSo)) {
  let isOver = false;
  const wait = async () => {
    while (!isSo() && !isOver) await turn();
  };
  try {
    await inTime(wait(), what);
  } finally {
    isOver = true;
  }
}

/** The faults that hit the first connection. */
export function hitsOf(...faults: Fault[]): readonly Hit[] {
  return new FaultPlan(faults, new Decisions(1)).hits(1, "192.0.2.1");
}

/** A plan of faults for messages. */
export function messagePlanOf(...faults: Fault[]): FaultPlan {
  return new FaultPlan(faults, new Decisions(1).messages, "messages");
}

/** A client that was let in. */
export function guestOf(guest: Partial<Guest> = {}): Guest {
  return { id: 1, protocol: "http", hits: [], ip: "192.0.2.1", ...guest };
}

/** A wire that notes what is done to it. */
export class FakeWire implements Wire {
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** What `flushed`, `cut` and `reset` wait for. */
  flushing: Promise<void> = Promise.resolve();

  flushed(): Promise<void> {
    this.calls.push("flushed");
    return this.flushing;
  }
  cut(): Promise<void> {
    this.calls.push("cut");
    return this.flushing;
  }
  reset(): Promise<void> {
    this.calls.push("reset");
    return this.flushing;
  }
  abort = () => void this.calls.push("abort");
  drain = () => void this.calls.push("drain");
  onFault = () => void this.calls.push("onFault");
  onRequest = () => void this.calls.push("onRequest");
  refuse = () => void this.calls.push("refuse");
  pause = (_who: object, isPaused: boolean) =>
    void this.calls.push(`pause ${isPaused}`);
  fail = ({ message }: Error) => void this.calls.push(`fail: ${message}`);
}

/** A session over a wire that notes what is done to it. */
export function openSession(guest?: Partial<Guest>) {
  const conn = new FakeConn();
  const session = new HttpSession(guestOf(guest), conn);
  const wire = new FakeWire();
  session.connect(wire);
  return { conn, session, wire };
}

/** How a request is made. */
export interface Asking {
  /** POST by default where there is a body, otherwise GET. */
  readonly method?: string;
  /** The header fields. */
  readonly headers?: Record<string, string>;
  /** The body; that of a text has a length, that of a stream is chunked. */
  readonly body?: string | ReadableStream<Uint8Array>;
}

/** A request as a runtime gives it. */
export function requestOf(path = "/", asking: Asking = {}): Request {
  const { body, method = body === undefined ? "GET" : "POST" } = asking;
  const length: Record<string, string> = body === undefined
    ? {}
    : typeof body === "string"
    ? { "content-length": `${new TextEncoder().encode(body).length}` }
    : { "transfer-encoding": "chunked" };
  return new Request(`http://echo.test${path}`, {
    method,
    body,
    headers: { ...length, ...asking.headers },
  });
}

/** A body that the test sends bit by bit. */
export function openBody() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const send = (text: string) => writer.write(new TextEncoder().encode(text));
  return { body: readable, writer, send };
}

/** What a request is asked with, and by whom. */
export interface ExchangeSetup {
  /** The client. */
  readonly guest?: Partial<Guest>;
  /** What exchanges go by. */
  readonly options?: Partial<ExchangeOptions>;
  /** The connection. */
  readonly opened?: ReturnType<typeof openSession>;
}

/** A request that is to be answered. */
export function exchangeOf(request: Request, setup: ExchangeSetup = {}) {
  const { guest, opened = openSession(guest), options } = setup;
  const finished: Exchange[] = [];
  const observed: number[] = [];
  const counts = { messages: 0, sent: 0 };
  const exchange = new Exchange(request, opened.session, {
    showSecrets: false,
    maxBody: 0,
    isKept: false,
    messagePlan: () => messagePlanOf(),
    nextMessage: () => counts.messages,
    onMessage: () => counts.messages++,
    onMessageSent: () => counts.sent++,
    meter: { observe: (ms) => observed.push(ms) },
    onFinish: (exchange) => finished.push(exchange),
    ...options,
  });
  return { ...opened, exchange, finished, observed, counts };
}

/** The runtime's end of a connection to itself. */
export class FakeInner extends FakeConn implements LocalConn {
  /** @param localPort the port of the other end. */
  constructor(readonly localPort = 40_001) {
    super();
  }

  /** Ends its stream on FIN, as the runtimes' servers do. */
  endsOnFin = false;

  override async closeWrite(): Promise<void> {
    await super.closeWrite();
    if (this.endsOnFin) this.sendFin();
  }
}

/** A bridge between a client and a runtime's server that the test plays. */
export function openBridge(
  options: Partial<BridgeOptions> = {},
  guest?: Partial<Guest>,
) {
  const conn = new FakeConn();
  const inner = new FakeInner();
  const session = new HttpSession(guestOf(guest), conn);
  const received: string[] = [];
  const reasons: EndReason[] = [];
  const bridge = new Bridge(session, {
    open: () => Promise.resolve(inner),
    maxBytes: Infinity,
    onReceive: (data) => received.push(textOf(data)),
    onEnd: (reason) => reasons.push(reason),
    ...options,
  });
  const finish = () => inTime(bridge.finished, "the end of the bridge");
  /** Ends it as the server does; `finished` settles. */
  const close = async () => {
    conn.close();
    bridge.stop();
    await finish();
  };
  const counters = () => [bridge.bytesIn, bridge.bytesOut];
  const ends = { conn, inner, session, bridge };
  return { ...ends, received, reasons, finish, close, counters };
}

/** A WebSocket whose other end is the test. */
export class FakeSocket implements WebSocketPeer {
  buffered = 0;
  /** What was sent. */
  readonly sent: (string | Uint8Array)[] = [];
  /** How it was closed. */
  readonly closes: [code?: number, reason?: string][] = [];
  send = (data: string | Uint8Array) => void this.sent.push(data);
  close = (code?: number, reason?: string) =>
    void this.closes.push([code, reason]);
}

/** A runtime's HTTP server that the test plays. */
export class FakeWeb {
  /** What the server was started with. */
  options?: WebServerOptions;
  /** The connections to it, in order. */
  readonly inners: FakeInner[] = [];
  /** The WebSockets, in order. */
  readonly handlers: WebSocketHandler[] = [];
  /** Fails connections, once set. */
  refusal?: Error;
  /** Fails WebSockets, once set. */
  upgradeError?: Error;
  /** How often it was closed. */
  closes = 0;

  /** The runtime that has it. */
  readonly runtime: Runtime = fakeRuntime({
    serveWeb: (options) => {
      this.options = options;
      const server: WebServer = {
        addr: { ...options.addr, port: 4000 },
        close: () => {
          this.closes++;
          return Promise.resolve();
        },
      };
      return Promise.resolve(server);
    },
    connect: (port) => {
      if (this.refusal) return Promise.reject(this.refusal);
      if (port !== 4000) return Promise.reject(new Error(`port ${port}`));
      const inner = new FakeInner(40_001 + this.inners.length);
      inner.endsOnFin = true;
      this.inners.push(inner);
      return Promise.resolve(inner);
    },
  });

  /** Brings a request, from the port of a connection or any other. */
  async ask(
    request: Request,
    { port = 40_001, hostname = "127.0.0.1" } = {},
  ): Promise<Response> {
    return await this.options!.onRequest(request, {
      peer: { transport: "http", hostname, port },
      upgrade: (handler) => {
        if (this.upgradeError) throw this.upgradeError;
        this.handlers.push(handler);
        return new Response(null);
      },
    });
  }
}

/** Starts the HTTP of a server over a runtime that the test plays. */
export async function startPlane(options: Partial<HttpOptions> = {}) {
  const web = new FakeWeb();
  const records: ServerRecord[] = [];
  const observed: number[] = [];
  const plane = await HttpPlane.start(web.runtime, {
    history: 0,
    plan: messagePlanOf(),
    meter: { observe: (ms) => observed.push(ms) },
    tell: (record) => records.push(record),
    ...options,
  });
  /** Lets a client in. */
  const serve = (guest?: Partial<Guest>) => {
    const conn = new FakeConn();
    const reasons: EndReason[] = [];
    const echo = plane.serve(conn, guestOf(guest), {
      maxBytes: Infinity,
      onEnd: (reason) => {
        reasons.push(reason);
        echo.drain();
      },
    });
    const close = async () => {
      conn.close();
      echo.stop?.();
      await inTime(echo.finished, "the end of the echo");
    };
    return { conn, echo, reasons, close };
  };
  return { plane, web, records, observed, serve };
}
