/**
 * Which connections a fault hits, and from when on.
 *
 * @module
 */

import { BlockList, isIPv4, isIPv6 } from "node:net";
import { OptionError } from "../errors.ts";
import { MAPPED_IPV4 } from "../limits.ts";
import { readCount, readMs, readShare, readSize } from "../units.ts";
import type { FaultKey } from "./stage.ts";
import type { FaultSelector } from "./types.ts";

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
  peer: { read: (text) => (readSubnet(text), text) },
};

/** Whether a fault may hit a connection, chance aside. */
export function selects(
  { conn, every, peer }: FaultSelector,
  id: number,
  ip: string,
): boolean {
  if (conn !== undefined) {
    const [first, last = first] = `${conn}`.split("-").map(Number);
    if (id < first || id > last) return false;
  }
  if (every !== undefined && id % every !== 0) return false;
  if (peer === undefined) return true;
  const plain = ip.replace(MAPPED_IPV4, "");
  // Runtimes do not agree on whether ::/0 has IPv4 in it.
  if (isIPv6(plain) !== isIPv6(peer.split("/")[0])) return false;
  return readSubnet(peer).check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
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

function readSubnet(text: string): BlockList {
  const [address, prefix] = text.split("/");
  const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : "";
  const longest = family === "ipv4" ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  const isLength = /^\d+$/.test(prefix ?? "0") && length <= longest;
  if (!family || !isLength || text.split("/").length > 2) {
    throw new OptionError(
      "expected an IP address or range, such as 127.0.0.1 or 10.0.0.0/8",
    );
  }
  const subnet = new BlockList();
  subnet.addSubnet(address, length, family);
  return subnet;
}
