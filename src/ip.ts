/**
 * IP addresses, as text and as bytes: what `node:net` knows of them, without
 * the time that Deno takes to load it.
 *
 * @module
 */

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

// The part of an IPv6 address that tells the link (RFC 4007, section 11).
const ZONE = /%[\da-z.:-]+$/i;

// What an IPv4 peer of a dual-stack listener has before its address.
const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;
const MAPPED_PREFIX = "0,0,0,0,0,0,0,0,0,0,255,255";

/** Whether a text is an IPv4 address, of four decimal numbers. */
export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

/** Whether a text is an IPv6 address, perhaps with a zone such as `%eth0`. */
export function isIPv6(text: string): boolean {
  return ipBytes(withoutZone(text))?.length === 16;
}

/** Whether a text is an IP address of either kind. */
export function isIP(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}

/** An IPv6 address without its zone, or the same text if it has none. */
export function withoutZone(ip: string): string {
  return ip.replace(ZONE, "");
}

/**
 * Reads an IP address (RFC 4291, section 2.2).
 *
 * @param ip the address, without a zone.
 * @returns its 4 or 16 bytes, or `undefined` if it is none.
 */
export function ipBytes(ip: string): readonly number[] | undefined {
  if (isIPv4(ip)) return ip.split(".").map(Number);
  const halves = ip.split("::").map((half) => half ? half.split(":") : []);
  // IPv4 may stand for the last two groups.
  const groups = halves.flat();
  const last = groups.at(-1) ?? "";
  const isEnd = isIPv4(last) && ip.endsWith(last);
  const areGroups = groups.every((group, at) =>
    /^[\da-f]{1,4}$/i.test(group) || isEnd && at === groups.length - 1
  );
  const [head, tail = []] = halves.map((half) => half.flatMap(groupBytes));
  const missing = 16 - head.length - tail.length;
  const fits = halves.length === 1 ? missing === 0 : missing >= 2;
  if (!areGroups || !fits || halves.length > 2) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

function groupBytes(group: string): number[] {
  if (group.includes(".")) return group.split(".").map(Number);
  const value = parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

/**
 * Writes an IP address in its one form (RFC 5952); a mapped IPv4 address has
 * dots.
 *
 * @param bytes its 4 or 16 bytes.
 */
export function ipText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const mapped = bytes.slice(12).join(".");
  if (`${bytes.slice(0, 12)}` === MAPPED_PREFIX) return `::ffff:${mapped}`;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const groups = hex.replace(/.{4}(?=.)/g, "$&:");
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}

/**
 * Writes an IP address in its one form, so that addresses can be compared as
 * text; a mapped IPv4 address keeps its dots.
 *
 * @param ip the address; anything else is given back as it is.
 */
export function canonicalIp(ip: string): string {
  const bytes = ipBytes(ip);
  return bytes ? ipText(bytes) : ip;
}

/** An IP address, in the form that IPv4 has on a listener of its own. */
export function plainIp(ip: string): string {
  return ip.replace(MAPPED_IPV4, "");
}
