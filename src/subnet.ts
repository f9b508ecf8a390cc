/**
 * Ranges of IP addresses.
 *
 * @module
 */

import { BlockList, isIPv4, isIPv6 } from "node:net";
import { OptionError } from "./errors.ts";

// What an IPv4 peer of a dual-stack listener has before its address.
const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;

/** An IP address, in the form that IPv4 has on a listener of its own. */
export function plainIp(ip: string): string {
  return ip.replace(MAPPED_IPV4, "");
}

/**
 * Writes an IP address in its one form (RFC 5952), so that addresses can be
 * compared as text; a mapped IPv4 address keeps its dots.
 *
 * @param ip the address; anything else is given back as it is.
 */
export function canonicalIp(ip: string): string {
  const url = `http://[${ip}]`;
  // Bun's URL does not take all that isIPv6 does; nobody's takes a zone.
  if (!isIPv6(ip) || !URL.canParse(url)) return ip;
  const text = new URL(url).hostname.slice(1, -1);
  return text.replace(/^::ffff:([\da-f]+):([\da-f]+)$/, (_, high, low) => {
    const pairs = [high, low].map((group) => parseInt(group, 16));
    return `::ffff:${pairs.flatMap((it) => [it >> 8, it & 255]).join(".")}`;
  });
}

/** A range of IP addresses. */
export class Subnet {
  #family: "ipv4" | "ipv6";
  #addresses = new BlockList();
  #text: string;

  private constructor(
    address: string,
    length: number,
    family: "ipv4" | "ipv6",
  ) {
    this.#family = family;
    this.#text = `${address}/${length}`;
    this.#addresses.addSubnet(address, length, family);
  }

  /**
   * Reads a range.
   *
   * @param text an IP address, or a range such as `10.0.0.0/8` (RFC 4632,
   * section 3.1).
   * @returns the range.
   * @throws {OptionError} if it is none; the message is the reason alone.
   */
  static parse(text: string): Subnet {
    const [written, prefix, ...more] = text.split("/");
    const address = plainIp(canonicalIp(written));
    const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : "";
    const longest = family === "ipv4" ? 32 : 128;
    // A mapped range is 96 bits longer than what it maps.
    const mapped = isIPv6(written) && isIPv4(address) ? 96 : 0;
    const length = prefix === undefined ? longest : Number(prefix) - mapped;
    const isLength = /^\d+$/.test(prefix ?? "0") && length >= 0 &&
      length <= longest;
    // To isIPv6, a zone such as %eth0 is part of an address.
    if (!family || !isLength || more.length > 0 || text.includes("%")) {
      throw new OptionError(
        "expected an IP address or range, such as 127.0.0.1 or 10.0.0.0/8",
      );
    }
    return new Subnet(address, length, family);
  }

  /** The range, as {@linkcode Subnet.parse} reads it. */
  toString(): string {
    return this.#text;
  }

  /** Whether an IP address is in the range. */
  has(ip: string): boolean {
    const plain = plainIp(ip);
    const family = isIPv6(plain) ? "ipv6" : "ipv4";
    // Runtimes do not agree on whether ::/0 has IPv4 in it.
    return family === this.#family && this.#addresses.check(plain, family);
  }
}
