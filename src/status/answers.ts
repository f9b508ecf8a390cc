/**
 * Answers over HTTP: JSON, text, and errors as either.
 *
 * @module
 */

import { oneLine } from "../one_line.ts";

const LONGEST_MESSAGE = 1000;

/** Why a request does not get what it asks for; the message is one line. */
export class HttpError extends Error {
  /** The name of the class. */
  override name = "HttpError";
  /** The status of the answer. */
  readonly status: number;
  /** What else its header says. */
  readonly headers: HeadersInit;

  /**
   * @param status the status of the answer, 400 or above.
   * @param message what was given, what was expected, and what to do.
   * @param headers what else the answer's header says.
   */
  constructor(status: number, message: string, headers: HeadersInit = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * The URL of a request, as far as there is one.
 *
 * @returns the URL, or `undefined` if `Host` makes it none.
 */
export function urlOf({ url }: Request): URL | undefined {
  // Bun gives the path alone where there is no usable Host.
  const whole = url.startsWith("/") ? `http://localhost${url}` : url;
  return URL.parse(whole) ?? undefined;
}

const TEXT = "text/plain; charset=utf-8";

/** An answer in JSON. */
export function jsonAnswer(value: unknown, init?: ResponseInit): Response {
  return textAnswer(JSON.stringify(value), "application/json", init);
}

/** An answer in some kind of text. */
export function textAnswer(
  text: string,
  type: string,
  init?: ResponseInit,
): Response {
  const headers = new Headers(init?.headers);
  headers.set("content-type", type);
  return new Response(text, { ...init, headers });
}

/** The answer that an error stands for, in the form that its request likes. */
export function errorAnswer(request: Request, error: HttpError): Response {
  const { status, headers } = error;
  const message = oneLine(error.message, LONGEST_MESSAGE);
  const path = urlOf(request)?.pathname ?? "/";
  return prefersJson(request.headers.get("accept"), path)
    ? jsonAnswer({ error: message }, { status, headers })
    : textAnswer(`${message}\n`, TEXT, { status, headers });
}

/**
 * Whether an error is told in JSON: if that is what the client prefers, or if
 * it does not say and asks below `/api/`.
 *
 * @param accept the `Accept` of the request (RFC 9110, section 12.5.1).
 * @param path the path of the request.
 */
export function prefersJson(accept: string | null, path: string): boolean {
  const ranges = readRanges(accept || "*/*");
  const json = liking(ranges, "application", "json");
  const text = liking(ranges, "text", "plain");
  const preference = json.quality - text.quality || json.depth - text.depth;
  return preference > 0 || preference === 0 && path.startsWith("/api/");
}

/** A media range of `Accept`. */
interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

function readRanges(accept: string): MediaRange[] {
  return accept.toLowerCase().split(",").map((part) => {
    const [type, ...parameters] = part.split(";").map((it) => it.trim());
    const weight = parameters.find((it) => it.startsWith("q="))?.slice(2);
    const quality = Number(weight ?? 1);
    return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}

// The range that names the type most closely says how much it is liked.
function liking(ranges: readonly MediaRange[], type: string, subtype: string) {
  const names = [`${type}/${subtype}`, `${type}/*`, "*/*"];
  for (const [at, name] of names.entries()) {
    const range = ranges.find((range) => range.type === name);
    if (!range) continue;
    const { quality } = range;
    return { quality, depth: quality > 0 ? names.length - at : 0 };
  }
  return { quality: 0, depth: 0 };
}

/**
 * Gives an answer what all answers have, and takes its body away where the
 * request is `HEAD`.
 */
export async function finishAnswer(
  request: Request,
  response: Response,
): Promise<Response> {
  const { status } = response;
  const headers = new Headers(response.headers);
  headers.set("cache-control", "no-store");
  headers.set("x-content-type-options", "nosniff");
  if (request.method !== "HEAD") {
    return new Response(response.body, { status, headers });
  }
  // A stream of events must not go on for nobody.
  await response.body?.cancel();
  return new Response(null, { status, headers });
}
