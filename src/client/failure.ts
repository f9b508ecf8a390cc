/**
 * What can go wrong with an echo, in words that are the same on every runtime.
 *
 * @module
 */

import { errorCode, errorText, isReset } from "../errors.ts";
import { oneLine } from "../one_line.ts";

/** What has gone wrong, in a word or two. */
export type FailureKind =
  | "refused"
  | "unreachable"
  | "unknown-host"
  | "tls"
  | "reset"
  | "closed"
  | "timeout"
  | "wrong-bytes"
  | "too-many-bytes"
  | "status"
  | "unanswered"
  | "thread"
  | "error";

/** Whether it proves a server wrong: it has said what it should not. */
export function isWrong(kind: FailureKind): boolean {
  return kind === "wrong-bytes" || kind === "too-many-bytes";
}

/** Why a message has not come back as it was. */
export class ExchangeError extends Error {
  /** The name of the class. */
  override name = "ExchangeError";
  /** What has gone wrong. */
  readonly kind: FailureKind;

  /**
   * @param kind what has gone wrong.
   * @param message the same for people.
   * @param options the runtime's error.
   */
  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  /** Whether the server has said what it should not, which proves it wrong. */
  get isWrongAnswer(): boolean {
    return isWrong(this.kind);
  }
}

const BY_CODE: Readonly<Record<string, readonly [FailureKind, string]>> = {
  ECONNREFUSED: ["refused", "connection refused: nobody listens there"],
  ENOENT: ["refused", "there is no such socket file"],
  ENOTFOUND: ["unknown-host", "there is no such host"],
  EAI_AGAIN: ["unknown-host", "the host's name could not be looked up"],
  EHOSTUNREACH: ["unreachable", "no way leads to that host"],
  ENETUNREACH: ["unreachable", "no way leads to that network"],
  EADDRNOTAVAIL: ["error", "this machine has no free port left"],
  EMFILE: ["error", "too many open files: raise the limit (ulimit -n)"],
  EACCES: ["error", "the system does not allow it"],
  ETIMEDOUT: ["unreachable", "the host does not answer"],
};

// Where a runtime gives no code, its words tell.
const BY_TEXT: readonly (readonly [RegExp, string])[] = [
  [/connection refused/i, "ECONNREFUSED"],
  [/connection reset/i, "ECONNRESET"],
  [/lookup address|dns error|getaddrinfo/i, "ENOTFOUND"],
  [/too many open files/i, "EMFILE"],
];

const TLS = /CERT|ISSUER|SSL|TLS|SELF_SIGNED|LEAF_SIGNATURE|peer certificate/i;

// A server that nobody vouches for.
const UNTRUSTED =
  /SELF_SIGNED|LEAF_SIGNATURE|ISSUER|self-signed|verify the first|UnknownIssuer/i;

// Another protocol than TLS has answered, or the hello has come back as an echo.
const NO_TLS =
  /WRONG.VERSION.NUMBER|UNEXPECTED_MESSAGE|InvalidContentType|got ClientHello/i;

function tlsText(code: string, text: string): string {
  const all = `${code} ${text}`;
  if (NO_TLS.test(all)) return "the server does not speak TLS there";
  const hint = UNTRUSTED.test(all) ? "; use --ca FILE to trust it" : "";
  return oneLine(text) + hint;
}

/**
 * Says what an error of a runtime means.
 *
 * @param error what was thrown.
 * @returns the same as an {@linkcode ExchangeError}.
 */
export function failureOf(error: unknown): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const text = errorText(error);
  const code = errorCode(error) ??
    BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? "";
  // So node:http and Deno's WebSockets call it when the server has left.
  if (text === "socket hang up" || /unexpected eof/i.test(text)) {
    return closed();
  }
  if (isReset({ code })) return reset(error);
  const [kind, message] = BY_CODE[code] ?? [];
  if (kind) return new ExchangeError(kind, message!, { cause: error });
  if (TLS.test(code) || TLS.test(text) || NO_TLS.test(text)) {
    const words = `TLS failed: ${tlsText(code, text)}`;
    return new ExchangeError("tls", words, { cause: error });
  }
  const words = oneLine(text) || "unknown error";
  return new ExchangeError("error", words, { cause: error });
}

/** The server has dropped the connection. */
export function reset(cause?: unknown): ExchangeError {
  const message = "the server has reset the connection";
  return new ExchangeError("reset", message, { cause });
}

/**
 * The server has ended the connection.
 *
 * @param received how much of the answer there was, if one was waited for.
 * @param expected how much there should have been.
 */
export function closed(received?: number, expected?: number): ExchangeError {
  const share = expected === undefined
    ? ""
    : ` after ${received} of ${expected} bytes`;
  const message = `the server has closed the connection${share}`;
  return new ExchangeError("closed", message);
}

/**
 * The answer has not come in time.
 *
 * @param timeoutMs how long it was waited for.
 * @param received how much of it there was.
 * @param expected how much there should have been.
 */
export function timedOut(
  timeoutMs: number,
  received: number,
  expected: number,
): ExchangeError {
  const what = received === 0
    ? "no answer"
    : `${received} of ${expected} bytes`;
  return new ExchangeError("timeout", `${what} within ${timeoutMs} ms`);
}

/**
 * A byte is not what was sent.
 *
 * @param offset where it is in the message.
 * @param expected what was sent.
 * @param actual what has come.
 */
export function wrongByte(
  offset: number,
  expected: number,
  actual: number,
): ExchangeError {
  const hex = (byte: number) => `0x${byte.toString(16).padStart(2, "0")}`;
  return new ExchangeError(
    "wrong-bytes",
    `wrong byte at offset ${offset}: expected ${hex(expected)}, ` +
      `got ${hex(actual)}`,
  );
}

/**
 * More has come than was sent.
 *
 * @param received how much there was, at least.
 * @param expected how much there should have been.
 */
export function tooMany(received: number, expected: number): ExchangeError {
  return new ExchangeError(
    "too-many-bytes",
    `more bytes than were sent: expected ${expected}, got ${received}`,
  );
}

/**
 * Less has come than was sent, and that was all.
 *
 * @param what what it has come as.
 * @param received how much there was.
 * @param expected how much there should have been.
 */
export function tooFew(
  what: string,
  received: number,
  expected: number,
): ExchangeError {
  return new ExchangeError(
    "wrong-bytes",
    `${what} of ${expected} bytes has come back with ${received}`,
  );
}
