/**
 * An answer that faults are at work on: its body is a stream like any other,
 * and passes the same stages.
 *
 * @module
 */

import type { Addr, Conn } from "../net.ts";
import { StagedEcho } from "../protocols/staged_echo.ts";
import type { Source } from "./body.ts";
import type { Exchange } from "./exchange.ts";

/** What an answer is besides its body. */
export interface AnswerInit extends ResponseInit {
  readonly status: number;
}

/** The body of an answer as a connection: read from a source, written out. */
class BodyConn implements Conn {
  readonly remoteAddr: Addr;
  closed = false;
  /** Settles when there is something to answer, or it is over. */
  readonly started: Promise<void>;
  /** What is answered. */
  readonly stream: ReadableStream<Uint8Array>;
  #exchange: Exchange;
  #source: Source;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();
  #status: number;
  #hasStarted = false;
  #bytesRead = 0;
  #bytesWritten = 0;
  #forget: (() => void)[];
  // Nobody waits for an answer any more.
  #over = Promise.withResolvers<void>();
  #controller?: ReadableStreamDefaultController<Uint8Array>;
  #start = Promise.withResolvers<void>();
  #wanted = Promise.withResolvers<void>();

  constructor(exchange: Exchange, source: Source, status: number) {
    this.#exchange = exchange;
    this.#source = source;
    this.#status = status;
    this.remoteAddr = exchange.session.conn.remoteAddr;
    this.started = this.#start.promise;
    const { session } = exchange;
    this.#forget = [
      session.onDrain(this.#over.resolve),
      session.onEnd(() => {
        this.#over.resolve();
        this.#start.resolve();
      }),
    ];
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#wanted.resolve(),
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const part = await this.#source.read();
      if (part === null) return null;
      this.#bytesRead += part.length;
      this.#rest = part;
    }
    const part = this.#rest.subarray(0, buffer.length);
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  async write(data: Uint8Array): Promise<number> {
    this.#begin();
    await this.#wanted.promise;
    if (this.closed) throw new Error("the answer is over");
    this.#wanted = Promise.withResolvers();
    this.#bytesWritten += data.length;
    this.#exchange.sent(data.length);
    this.#controller?.enqueue(data);
    return data.length;
  }

  unread(): void {
    throw new TypeError("Cannot unread a body: nothing was looked at");
  }

  async closeWrite(): Promise<void> {
    // What a fault has kept a part of must not look whole.
    if (this.#bytesWritten < this.#bytesRead) {
      // Nothing of it is owed to a client that leaves.
      this.#exchange.isComplete = false;
      const { session } = this.#exchange;
      this.#forget.push(session.onClientEnd(this.#over.resolve));
      await this.#over.promise;
      return await this.#exchange.session.wire.cut();
    }
    this.#begin();
    if (!this.closed) this.#controller?.close();
  }

  #begin(): void {
    this.#hasStarted = true;
    this.#exchange.status = this.#status;
    this.#start.resolve();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#source.cancel();
    this.#wanted.resolve();
  }

  abort(): void {
    if (this.closed) return;
    this.close();
    this.#exchange.session.wire.reset();
  }

  /** Ends it: nothing of the connection is needed any more. */
  end(): void {
    this.close();
    for (const each of this.#forget) each();
    // The runtime keeps a request until it is answered, if to nobody.
    if (!this.#hasStarted) this.#exchange.session.onEnd(this.#start.resolve);
  }

  /** Breaks the answer off. */
  fail(error: unknown): void {
    if (!this.closed) this.#controller?.error(error);
    this.#start.resolve();
  }
}

/**
 * Answers with a body that passes the faults of its connection.
 *
 * @param exchange the request.
 * @param source what the body would be without them.
 * @param init the rest of the answer.
 * @returns the answer, once its first byte may go.
 */
export async function stagedAnswer(
  exchange: Exchange,
  source: Source,
  init: AnswerInit,
): Promise<Response> {
  const { session } = exchange;
  const { wire } = session;
  const conn = new BodyConn(exchange, source, init.status);
  const echo = new StagedEcho(conn, {
    maxBytes: Infinity,
    hits: session.guest.hits,
    offset: session.bytesAnswered,
    ageMs: performance.now() - session.openedAt,
    onFault: () => wire.onFault(),
    // There, the end of the connection is what ends an answer.
    cut: () => session.version === "HTTP/1.0" ? wire.reset() : wire.cut(),
    // The exchange as a whole is measured.
    meter: { observe: () => {} },
  });
  exchange.holds = () => echo.isPending;
  const forget = session.onEnd(() => {
    conn.close();
    echo.stop();
  });
  echo.finished.catch((error) => {
    if (session.isMultiplexed) conn.fail(error);
    else wire.fail(error);
  }).finally(() => {
    forget();
    conn.end();
    exchange.finish();
  });
  await conn.started;
  return new Response(conn.stream, init);
}
