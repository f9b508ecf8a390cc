/**
 * Answers a request: its body comes back, or its description.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { OptionError } from "../errors.ts";
import { oneLine } from "../one_line.ts";
import { startTimer } from "../timer.ts";
import {
  BodyLostError,
  BodyTooLongError,
  BROKEN_OFF,
  bytesSource,
  discard,
  hasBody,
  requestSource,
  resume,
  sizedSource,
  type Source,
} from "./body.ts";
import { safeContentType } from "./content_type.ts";
import { type Controls, readControls } from "./controls.ts";
import { describeRequest } from "./description.ts";
import type { Exchange } from "./exchange.ts";
import { type AnswerInit, stagedAnswer } from "./staged_answer.ts";

const NO_BODY = new Set([204, 205, 304]);

const PLAIN = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

/** What an answer is made of. */
interface Content {
  readonly type: string;
  /** All of it, where it is there at once. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Where it comes from otherwise. */
  readonly source?: Source;
  /** How long that is, in bytes, if it is known. */
  readonly length?: number;
}

/** What an answer is besides its content. */
interface AnswerHead {
  readonly status: number;
  /** Whether the connection ends with it. */
  readonly close?: boolean;
  /** Header fields besides its own. */
  readonly fields?: Readonly<Record<string, string>>;
}

/**
 * Answers a request.
 *
 * @param exchange the request.
 * @returns the answer; the exchange ends when it has gone.
 */
export function answer(exchange: Exchange): Response | Promise<Response> {
  const isBodied = hasBody(exchange);
  exchange.isComplete = !isBodied;
  const explain = (error: unknown) => answerError(exchange, error);
  if (isBodied) return answerBody(exchange).catch(explain);
  try {
    const controls = readControls(exchange.url, exchange.headers);
    const { delayMs } = controls;
    const act = () =>
      respond(exchange, ownContent(exchange, controls), controls);
    // What needs no wait goes without one, which costs less.
    return delayMs > 0
      ? delay(exchange, delayMs).then(act).catch(explain)
      : act();
  } catch (error) {
    return explain(error);
  }
}

function answerError(
  exchange: Exchange,
  error: unknown,
): Response | Promise<Response> {
  if (exchange.session.isOver || error instanceof BodyLostError) {
    // Nobody is left to answer.
    exchange.finish();
    return new Response(null, { status: 400 });
  }
  if (error instanceof OptionError) {
    return plain(exchange, 400, oneLine(error.message));
  }
  if (error instanceof BodyTooLongError) {
    return plain(exchange, 413, error.message, { close: true });
  }
  exchange.finish();
  throw error;
}

async function answerBody(exchange: Exchange): Promise<Response> {
  const { url, headers, options: { maxBody, text } } = exchange;
  const length = lengthOf(headers) ?? 0;
  if (maxBody > 0 && length > maxBody) {
    throw new BodyTooLongError(
      `The body of ${length} bytes is longer than the ${maxBody} that are ` +
        "taken here (--max-body)",
    );
  }
  const source = requestSource(exchange);
  let controls: Controls;
  try {
    controls = readControls(url, headers);
  } catch (error) {
    // Both runtimes forget what was not read of a body when it is answered.
    await discard(source);
    throw error;
  }
  if (controls.delayMs > 0) await delay(exchange, controls.delayMs);
  const isEchoed = text === undefined && controls.size === undefined;
  if (!isEchoed) await discard(source);
  const content = isEchoed
    ? await echoContent(exchange, source)
    : ownContent(exchange, controls);
  return await respond(exchange, content, controls);
}

// A field that was sent twice says nothing (RFC 9110, section 8.6).
function lengthOf(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Answers with one line of text. */
export function plain(
  exchange: Exchange,
  status: number,
  line: string,
  options?: Omit<AnswerHead, "status">,
): Response | Promise<Response> {
  return respond(exchange, textOf(`${line}\n`), { status, ...options });
}

// What is answered where nothing is echoed.
function ownContent(
  { request, url, session, options: { text, showSecrets } }: Exchange,
  { size }: Controls,
): Content {
  if (text !== undefined) return textOf(text);
  if (size !== undefined) {
    return { type: PLAIN, source: sizedSource(size), length: size };
  }
  const about = describeRequest(request, url, session, showSecrets);
  return textOf(JSON.stringify(about, null, 2) + "\n", JSON_TYPE);
}

async function echoContent(
  { headers }: Exchange,
  source: Source,
): Promise<Content> {
  const type = safeContentType(headers.get("content-type"));
  const length = lengthOf(headers);
  if (length === undefined) return { type, source };
  // What comes as a whole goes as a whole, with less ado than a stream.
  const first = await source.read();
  if (first?.length !== length) {
    return { type, source: resume(first, source), length };
  }
  // Deno ends a connection whose body was not read to its end.
  await source.read();
  return { type, body: first, length };
}

function respond(
  exchange: Exchange,
  { type, body, source, length }: Content,
  { status, close = false, fields }: AnswerHead,
): Response | Promise<Response> {
  const { session, method, headers: asked } = exchange;
  if (session.isOver) throw new BodyLostError("the client has left");
  const headers: Record<string, string> = {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...fields,
  };
  // Deno gives 205 no length, so that the connection has to be its end.
  if (close || status === 205 || session.isDraining) {
    exchange.closes = true;
    if (!session.isMultiplexed) headers.connection = "close";
  }
  if (typeof body === "string") {
    headers.vary = "accept-encoding";
    if (wantsGzip(asked)) {
      body = new Uint8Array(gzipSync(body));
      length = body.length;
      headers["content-encoding"] = "gzip";
    }
  }
  const isBare = NO_BODY.has(status);
  if (length !== undefined && !isBare) headers["content-length"] = `${length}`;
  // RFC 9110, section 15.3.6: it has a body, which is empty.
  if (status === 205) headers["content-length"] = "0";
  const init = { status, headers };
  if (isBare || method === "HEAD") {
    const answer = () => whole(exchange, null, 0, init);
    if (source && exchange.isComplete) source.cancel();
    // Both runtimes forget what was not read of a body when it is answered.
    return source && !exchange.isComplete
      ? discard(source).then(answer)
      : answer();
  }
  if (session.guest.hits.length > 0) {
    const staged = source ?? bytesSource(new Uint8Array(Buffer.from(body!)));
    return stagedAnswer(exchange, staged, init);
  }
  if (body !== undefined) return whole(exchange, body, length!, init);
  exchange.status = status;
  return new Response(streamOf(exchange, source!), init);
}

// Of an answer that is given as a whole, the runtime tells no end.
function whole(
  exchange: Exchange,
  body: string | Uint8Array<ArrayBuffer> | null,
  length: number,
  init: AnswerInit,
): Response {
  exchange.status = init.status;
  exchange.sent(length);
  queueMicrotask(() => exchange.finish());
  return new Response(body, init);
}

function textOf(text: string, type = PLAIN): Content {
  return { type, body: text, length: Buffer.byteLength(text) };
}

function streamOf(
  exchange: Exchange,
  source: Source,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { session } = exchange;
  const { wire, isMultiplexed } = session;
  let isCancelled = false;
  return new ReadableStream({
    async pull(controller) {
      try {
        const part = await source.read();
        if (isCancelled) return;
        if (part === null) {
          controller.close();
          return exchange.finish();
        }
        exchange.sent(part.length);
        controller.enqueue(part);
      } catch (error) {
        if (isCancelled) return;
        // Of HTTP/2, one request must not end the others; of HTTP/1.1, the
        // runtimes would tell of it as an error of the program.
        if (isMultiplexed) controller.error(error);
        else wire.fail(error instanceof Error ? error : new Error(`${error}`));
        exchange.finish();
      }
    },
    cancel() {
      isCancelled = true;
      // Bun gives up the answer to a request whose body is malformed.
      const isLost = !exchange.isComplete && !session.hasClientEnded;
      if (isLost && !isMultiplexed) wire.fail(new BodyLostError(BROKEN_OFF));
      source.cancel();
      exchange.finish();
    },
  }, { highWaterMark: 0 });
}

function delay(exchange: Exchange, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  exchange.holds = () => !isOver;
  const { session } = exchange;
  const cancel = startTimer(ms, resolve);
  // A server that stops does not wait for what it holds back itself.
  const forget = [session.onEnd(resolve), session.onDrain(resolve)];
  return promise.then(() => {
    isOver = true;
    cancel();
    for (const each of forget) each();
    exchange.heldMs = performance.now() - exchange.startedAt;
  });
}

// RFC 9110, section 12.5.3; without a weight it is 1, and 0 is a refusal.
function wantsGzip(headers: Headers): boolean {
  const accepted = headers.get("accept-encoding")?.toLowerCase() ?? "";
  return accepted.split(",").some((item) => {
    const [coding, weight = "q=1"] = item.split(";").map((part) => part.trim());
    return coding === "gzip" && Number(weight.replace(/^q=/, "")) > 0;
  });
}
