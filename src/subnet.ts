/**
 * Ranges of IP addresses.
 *
 * @module
 */

import { OptionError } from "./errors.ts";
import { canonicalIp, ipBytes, isIPv6, plainIp, withoutZone } from "./ip.ts";

/** A range of IP addresses. */
export class Subnet {
  #text: string;
  #size: number;
  #prefix: string;

  private constructor(
    address: readonly number[],
    length: number,
    text: string,
  ) {
    const bits = toBits(address);
    this.#text = text;
    this.#size = bits.length;
    this.#prefix = bits.slice(0, length);
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
    const bytes = ipBytes(address) ?? [];
    const longest = bytes.length * 8;
    // A mapped range is 96 bits longer than what it maps.
    const mapped = isIPv6(written) && bytes.length === 4 ? 96 : 0;
    const length = prefix === undefined ? longest : Number(prefix) - mapped;
    const isLength = /^\d+$/.test(prefix ?? "0") && length >= 0 &&
      length <= longest;
    if (longest === 0 || !isLength || more.length > 0) {
      throw new OptionError(
        "expected an IP address or range, such as 127.0.0.1 or 10.0.0.0/8",
      );
    }
    return new Subnet(bytes, length, `${address}/${length}`);
  }

  /** The range, as {@linkcode Subnet.parse} reads it. */
  toString(): string {
    return this.#text;
  }

  /** Whether an IP address, perhaps with a zone, is in the range. */
  has(ip: string): boolean {
    const bits = toBits(ipBytes(withoutZone(plainIp(ip))) ?? []);
    return bits.length === this.#size && bits.startsWith(this.#prefix);
  }
}

function toBits(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
}
