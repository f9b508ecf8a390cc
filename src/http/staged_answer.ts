/**
 * An answer that faults are at work on: its body is a stream like any other,
 * and passes the same stages.
 *
 * @module
 */

import type { Addr, Conn } from "../net.ts";
import { StagedEcho } from "../protocols/staged_echo.ts";
import { BodyTooLongError, type Source } from "./body.ts";
import type { Exchange } from "./exchange.ts";

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
  #hasRead = false;
  #over: Promise<void>;
  #controller?: ReadableStreamDefaultController<Uint8Array>;
  #start = Promise.withResolvers<void>();
  #wanted = Promise.withResolvers<void>();

  constructor(exchange: Exchange, source: Source) {
    this.#exchange = exchange;
    this.#source = source;
    this.remoteAddr = exchange.session.conn.remoteAddr;
    this.started = this.#start.promise;
    const { session } = exchange;
    const over = Promise.withResolvers<void>();
    this.#over = over.promise;
    session.onDrain(over.resolve);
    session.onEnd(() => {
      over.resolve();
      this.#start.resolve();
    });
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
      this.#hasRead = true;
      this.#rest = part;
    }
    const part = this.#rest.subarray(0, buffer.length);
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  async write(data: Uint8Array): Promise<number> {
    this.#start.resolve();
    await this.#wanted.promise;
    if (this.closed) throw new Error("the answer is over");
    this.#wanted = Promise.withResolvers();
    this.#exchange.bytesOut += data.length;
    this.#controller?.enqueue(data);
    return data.length;
  }

  unread(): void {
    throw new TypeError("Cannot unread a body: nothing was looked at");
  }

  async closeWrite(): Promise<void> {
    // An answer of which a fault has kept all is no answer.
    if (this.#hasRead && this.#exchange.bytesOut === 0) {
      await this.#over;
      return await this.#exchange.session.wire.cut();
    }
    this.#start.resolve();
    if (!this.closed) this.#controller?.close();
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
  init: ResponseInit,
): Promise<Response> {
  const { session, options: { meter } } = exchange;
  const { wire } = session;
  const conn = new BodyConn(exchange, source);
  const echo = new StagedEcho(conn, {
    maxBytes: Infinity,
    hits: session.guest.hits,
    offset: session.bytesAnswered,
    onFault: () => wire.onFault(),
    cut: () => wire.cut(),
    meter,
  });
  exchange.holds = () => echo.isPending;
  const forget = session.onEnd(() => {
    conn.close();
    echo.stop();
  });
  echo.finished.catch((error) => {
    if (error instanceof BodyTooLongError) wire.fail(error);
  }).finally(() => {
    forget();
    conn.close();
    exchange.finish();
  });
  await conn.started;
  return new Response(conn.stream, init);
}
