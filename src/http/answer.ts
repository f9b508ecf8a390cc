/**
 * Answers a request: its body comes back, or its description.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { errorText, OptionError } from "../errors.ts";
import { startTimer } from "../timer.ts";
import {
  BodyTooLongError,
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
import { stagedAnswer } from "./staged_answer.ts";

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

/** What an answer has to do with its connection besides. */
interface AnswerOptions {
  /** Whether the connection ends with it. */
  readonly closes?: boolean;
  /** Header fields besides its own. */
  readonly fields?: Readonly<Record<string, string>>;
}

/**
 * Answers a request.
 *
 * @param exchange the request.
 * @returns the answer; the exchange ends when it has gone.
 */
export async function answer(exchange: Exchange): Promise<Response> {
  const { request, url, session, options: { maxBody } } = exchange;
  const isBodied = hasBody(request, session.isMultiplexed);
  exchange.isComplete = !isBodied;
  const length = Number(request.headers.get("content-length") ?? 0);
  if (maxBody > 0 && length > maxBody) {
    return await plain(
      exchange,
      413,
      `The body of ${length} bytes is longer than the ${maxBody} that are ` +
        "taken here (--max-body)",
      { closes: true },
    );
  }
  let controls: Controls;
  try {
    controls = readControls(url, request.headers);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    if (isBodied) await discardBody(exchange);
    return await plain(exchange, 400, errorText(error));
  }
  const { status, delayMs, close: closes } = controls;
  if (delayMs > 0) await delay(exchange, delayMs);
  // Nobody is left to answer.
  if (session.isOver) return new Response(null, { status: 500 });
  const content = await contentOf(exchange, isBodied, controls);
  return await respond(exchange, status, content, { closes });
}

/** Answers with one line of text. */
export function plain(
  exchange: Exchange,
  status: number,
  line: string,
  options?: AnswerOptions,
): Response | Promise<Response> {
  return respond(exchange, status, textOf(`${line}\n`), options);
}

async function contentOf(
  exchange: Exchange,
  isBodied: boolean,
  { size }: Controls,
): Promise<Content> {
  const { request, url, session, options: { text, showSecrets } } = exchange;
  const { headers } = request;
  const isEchoed = isBodied && text === undefined && size === undefined;
  if (isBodied && !isEchoed) await discardBody(exchange);
  if (text !== undefined) return textOf(text);
  if (size !== undefined) {
    return { type: PLAIN, source: sizedSource(size), length: size };
  }
  if (!isEchoed) {
    const about = describeRequest(request, url, session, showSecrets);
    return textOf(JSON.stringify(about, null, 2) + "\n", JSON_TYPE);
  }
  const type = safeContentType(headers.get("content-type"));
  const source = requestSource(exchange);
  const known = headers.get("content-length");
  if (known === null) return { type, source };
  const length = Number(known);
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
  status: number,
  { type, body, source, length }: Content,
  { closes = false, fields = {} }: AnswerOptions = {},
): Response | Promise<Response> {
  const { session, method, headers: asked } = exchange;
  exchange.status = status;
  const headers: Record<string, string> = {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...fields,
  };
  if (closes || session.isDraining) {
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
  const init = { status, headers };
  if (isBare || method === "HEAD") {
    const answer = () => whole(exchange, null, 0, init);
    return source ? discard(source).then(answer) : answer();
  }
  if (session.guest.hits.length > 0) {
    const staged = source ?? bytesSource(new Uint8Array(Buffer.from(body!)));
    return stagedAnswer(exchange, staged, init);
  }
  return body === undefined
    ? new Response(streamOf(exchange, source!), init)
    : whole(exchange, body, length!, init);
}

// Of an answer that is given as a whole, the runtime tells no end.
function whole(
  exchange: Exchange,
  body: string | Uint8Array<ArrayBuffer> | null,
  length: number,
  init: ResponseInit,
): Response {
  exchange.bytesOut = length;
  queueMicrotask(() => exchange.finish());
  return new Response(body, init);
}

function textOf(text: string, type = PLAIN): Content {
  return { type, body: text, length: Buffer.byteLength(text) };
}

// Both runtimes forget what was not read of a body when it is answered.
function discardBody(exchange: Exchange): Promise<void> {
  return discard(requestSource(exchange));
}

function streamOf(
  exchange: Exchange,
  source: Source,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { wire } = exchange.session;
  return new ReadableStream({
    async pull(controller) {
      try {
        const part = await source.read();
        if (part === null) {
          controller.close();
          return exchange.finish();
        }
        exchange.bytesOut += part.length;
        controller.enqueue(part);
      } catch (error) {
        if (error instanceof BodyTooLongError) wire.fail(error);
        controller.error(error);
        exchange.finish();
      }
    },
    cancel() {
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

function wantsGzip(headers: Headers): boolean {
  const accepted = headers.get("accept-encoding");
  return accepted !== null &&
    /(^|[\s,])gzip\s*(;\s*q=(1(\.0*)?|0?\.\d*[1-9]\d*))?\s*(,|$)/i
      .test(accepted);
}
