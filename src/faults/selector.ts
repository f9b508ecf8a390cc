/**
 * Which connections a fault hits, and from when on.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import { Subnet } from "../subnet.ts";
import { readCount, readMs, readShare, readSize } from "../units.ts";
import type { FaultKey } from "./stage.ts";

/**
 * Which connections a fault hits, and from when on. Of UDP, it is datagrams
 * that have numbers and are hit, and `after` counts from the server's start.
 *
 * @example The first three connections, half of the time
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "mute", conn: "1-3", p: 0.5 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface FaultSelector {
  /**
   * Probability that a connection is hit, 0 to 1; 0 hits none, ever.
   *
   * @default {1}
   */
  readonly p?: number;
  /** The connection of this number, or those of a range such as `"1-3"`. */
  readonly conn?: number | `${number}-${number}`;
  /** Every connection whose number is a multiple of this. */
  readonly every?: number;
  /**
   * From when on: after so many received bytes (a number, or `"4KiB"`), or so
   * long after the start of the connection (`"2s"`).
   *
   * @default {0}
   */
  readonly after?: number | string;
  /** Peers of this IP address or range, such as `"10.0.0.0/8"`. */
  readonly peer?: string;
}

/** When a fault begins: at a byte, or after a time. */
export type After = { readonly bytes: number } | { readonly ms: number };

/** The keys that every fault has. */
export const SELECTOR_KEYS: {
  readonly [K in keyof FaultSelector]-?: FaultKey;
} = {
  p: { read: readShare },
  conn: { read: readRange },
  every: { read: readEvery },
  after: { read: (text) => (readAfter(text), text) },
  peer: { read: (text) => (Subnet.parse(text), text) },
};

/**
 * Whether a fault may hit a connection, chance aside.
 *
 * @param selector what the fault says.
 * @param id the connection's number.
 * @param ip the peer's address, if it has one.
 */
export function selects(
  { conn, every, peer }: FaultSelector,
  id: number,
  ip: string | undefined,
): boolean {
  if (conn !== undefined) {
    const [first, last = first] = `${conn}`.split("-").map(Number);
    if (id < first || id > last) return false;
  }
  if (every !== undefined && id % every !== 0) return false;
  if (peer === undefined) return true;
  return ip !== undefined && Subnet.parse(peer).has(ip);
}

/** When a fault begins. */
export function beginsAfter({ after = 0 }: FaultSelector): After {
  return readAfter(`${after}`);
}

function readAfter(text: string): After {
  if (/^[\d.]+(ms|s|m|h)$/.test(text)) return { ms: readMs(text) };
  try {
    return { bytes: readSize(text) };
  } catch {
    throw new OptionError("expected a size or a time, such as 4KiB or 2s");
  }
}

function readRange(text: string): number | string {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (
    first === undefined || Number(first) === 0 ||
    (last && Number(last) < Number(first))
  ) {
    throw new OptionError("expected a number or a range, such as 2 or 1-3");
  }
  return last === undefined ? Number(first) : text;
}

function readEvery(text: string): number {
  const every = readCount(text);
  if (every > 0) return every;
  throw new OptionError("expected a number of at least 1");
}
