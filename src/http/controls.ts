/**
 * What a client asks of its answer, in the query or in header fields.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import { readMs, readSize, readSwitch } from "../units.ts";

/** What a client asks of its answer. */
export interface Controls {
  /** The status. */
  readonly status: number;
  /** Milliseconds to wait before the answer. */
  readonly delayMs: number;
  /** Bytes of the answer's body, instead of what it would be. */
  readonly size?: number;
  /** Whether the connection ends with the answer. */
  readonly close: boolean;
}

/** The longest delay that a client gets, in milliseconds. */
export const LONGEST_DELAY_MS = 60_000;

/** The longest body that a client gets, in bytes. */
export const LARGEST_SIZE = 100 * 2 ** 20;

/**
 * Reads what a client asks for: `status`, `delay`, `size` and `close` of the
 * query, or the fields `X-Echo-Status`, `X-Echo-Delay` and so on.
 *
 * @param url the URL, whose query wins over the fields.
 * @param headers the fields.
 * @returns the same, with defaults for what is left out.
 * @throws {OptionError} that names what cannot be used, and what was expected.
 */
export function readControls(
  { search, searchParams }: Pick<URL, "search" | "searchParams">,
  headers: Headers,
): Controls {
  const query = search ? searchParams : undefined;
  const read = <T>(name: string, reader: (text: string) => T) => {
    const text = query?.get(name) ?? headers.get(`x-echo-${name}`);
    if (text === null) return undefined;
    try {
      return reader(text);
    } catch (error) {
      throw new OptionError(
        `Cannot use ${name}=${text}: ${errorText(error)}`,
        { cause: error },
      );
    }
  };
  return {
    status: read("status", readStatus) ?? 200,
    delayMs: read("delay", readDelay) ?? 0,
    size: read("size", readBodySize),
    close: read("close", readFlag) ?? false,
  };
}

function readStatus(text: string): number {
  const status = /^\d{3}$/.test(text) ? Number(text) : 0;
  if (status >= 200 && status <= 599) return status;
  throw new OptionError("expected a status from 200 to 599");
}

function readDelay(text: string): number {
  const ms = readMs(text);
  if (ms <= LONGEST_DELAY_MS) return ms;
  throw new OptionError(`expected at most ${LONGEST_DELAY_MS / 1000}s`);
}

function readBodySize(text: string): number {
  const bytes = readSize(text);
  if (bytes <= LARGEST_SIZE) return bytes;
  throw new OptionError(`expected at most ${LARGEST_SIZE / 2 ** 20}MiB`);
}

// ?close alone is how many people write a switch.
function readFlag(text: string): boolean {
  return text === "" || readSwitch(text);
}
