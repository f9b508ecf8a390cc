/**
 * Where the bytes of an answer come from.
 *
 * @module
 */

import type { Exchange } from "./exchange.ts";

/** A source of bytes; each part is given once, and is the caller's. */
export interface Source {
  /** The next part; `null` at the end. */
  read(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Gives up; may be called at any time. */
  cancel(): void;
}

/** A body that is longer than it may be. */
export class BodyTooLongError extends Error {
  override name = "BodyTooLongError";
}

/** A body that did not come whole: its client has left, or it is malformed. */
export class BodyLostError extends Error {
  override name = "BodyLostError";
}

/** What there is to say of a body that did not come whole. */
export const BROKEN_OFF = "the request's body broke off";

/** Bytes that are all there. */
export function bytesSource(bytes: Uint8Array<ArrayBuffer>): Source {
  let isGiven = bytes.length === 0;
  return {
    read: () => {
      const part = isGiven ? null : bytes;
      isGiven = true;
      return Promise.resolve(part);
    },
    cancel: () => {},
  };
}

const LINE =
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.\n";
const PART = new TextEncoder().encode(LINE.repeat(1024));

/** So many bytes of text, in lines of 64. */
export function sizedSource(size: number): Source {
  let left = size;
  return {
    read: () => {
      if (left === 0) return Promise.resolve(null);
      const part = PART.slice(0, left);
      left -= part.length;
      return Promise.resolve(part);
    },
    cancel: () => {
      left = 0;
    },
  };
}

/**
 * The body of a request, as it comes.
 *
 * @param exchange the request, which takes note of it.
 * @returns the body; reading it rejects when the client leaves.
 * @throws {BodyTooLongError} from `read`, once it is longer than it may be.
 * @throws {BodyLostError} from `read`, if it does not come whole.
 */
export function requestSource(exchange: Exchange): Source {
  const { request, session: { backlog }, options: { maxBody } } = exchange;
  const reader = (request.body ?? new Blob().stream()).getReader();
  return {
    read: async () => {
      const { done, value } = await backlog.read(() => reader.read())
        .catch((cause) => {
          // What a runtime says of it is about its own workings.
          throw new BodyLostError(BROKEN_OFF, { cause });
        });
      if (value !== undefined) {
        exchange.receive(value);
        if (maxBody === 0 || exchange.bytesIn <= maxBody) return value;
        throw new BodyTooLongError(
          `The request's body is longer than the ${maxBody} bytes that are ` +
            "taken here (--max-body)",
        );
      }
      exchange.isComplete = done;
      return null;
    },
    cancel: () => {
      // Nobody is left to whom a failure would matter.
      reader.cancel().catch(() => {});
    },
  };
}

/** A source of which the first part was read already. */
export function resume(
  first: Uint8Array<ArrayBuffer> | null,
  source: Source,
): Source {
  let isGiven = false;
  return {
    read: () => {
      if (isGiven) return source.read();
      isGiven = true;
      return Promise.resolve(first);
    },
    cancel: () => source.cancel(),
  };
}

/** Whether a request has a body, be it empty. */
export function hasBody(
  { request: { body }, headers, session }: Exchange,
): boolean {
  if (body === null) return false;
  const length = headers.get("content-length");
  if (length !== null) return length !== "0";
  return session.isMultiplexed || headers.has("transfer-encoding");
}

/** Reads a body to its end and throws it away; rejects like its source. */
export async function discard(source: Source): Promise<void> {
  while (await source.read() !== null);
}
