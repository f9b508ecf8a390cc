/**
 * Writes DER, the binary encoding of ASN.1 (X.690): as much of it as an X.509
 * certificate needs.
 *
 * @module
 */

/** An encoded value: tag, length and content. */
export type Der = Uint8Array<ArrayBuffer>;

/** A SEQUENCE of values. */
export function sequence(...values: readonly Der[]): Der {
  return encode(0x30, ...values);
}

/** A SET of one value; more would have to be sorted (X.690, 11.6). */
export function setOf(value: Der): Der {
  return encode(0x31, value);
}

/** BOOLEAN TRUE (X.690, 11.1). */
export const TRUE: Der = encode(0x01, [0xff]);

/**
 * An INTEGER from 0 up, in as few bytes as hold it and its sign (X.690, 8.3).
 *
 * @param magnitude the number, the most significant byte first.
 * @returns the encoded value.
 */
export function integer(magnitude: ArrayLike<number>): Der {
  const bytes = Array.from(magnitude);
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? [0] : bytes.slice(first);
  // The top bit would make it negative.
  return digits[0] < 0x80 ? encode(0x02, digits) : encode(0x02, [0, ...digits]);
}

/**
 * An OBJECT IDENTIFIER (X.690, 8.19).
 *
 * @param dotted its numbers, such as `2.5.4.3`.
 * @returns the encoded value.
 */
export function oid(dotted: string): Der {
  const [root, second, ...rest] = dotted.split(".").map(Number);
  return encode(0x06, [root * 40 + second, ...rest].flatMap(base128));
}

function base128(value: number): number[] {
  const bytes = [value % 0x80];
  for (let rest = value; rest >= 0x80;) {
    rest = Math.floor(rest / 0x80);
    bytes.unshift(rest % 0x80 | 0x80);
  }
  return bytes;
}

/**
 * A BIT STRING.
 *
 * @param bytes the bits, from the top bit of the first byte on.
 * @param unused how many bits of the last byte do not count; they are 0.
 * @returns the encoded value.
 */
export function bitString(bytes: ArrayLike<number>, unused = 0): Der {
  return encode(0x03, [unused], bytes);
}

/** An OCTET STRING. */
export function octetString(bytes: ArrayLike<number>): Der {
  return encode(0x04, bytes);
}

/** A UTF8String. */
export function utf8String(text: string): Der {
  return encode(0x0c, new TextEncoder().encode(text));
}

/**
 * A time to the second: UTCTime from 1950 through 2049, GeneralizedTime for
 * other years (RFC 5280, 4.1.2.5).
 *
 * @param date the time.
 * @returns the encoded value.
 * @throws {RangeError} if the date is invalid or its year has not four digits.
 */
export function time(date: Date): Der {
  const digits = date.toISOString().replace(/\.\d+Z$|[-:T]/g, "");
  const [, year] = /^(\d{4})\d{10}$/.exec(digits) ?? [];
  if (!year) throw new RangeError(`Cannot write ${date.toISOString()} as DER`);
  const isShort = year >= "1950" && year < "2050";
  const text = `${isShort ? digits.slice(2) : digits}Z`;
  return encode(isShort ? 0x17 : 0x18, new TextEncoder().encode(text));
}

/** A value with an explicit context tag around it, 0 to 30. */
export function explicit(tag: number, value: Der): Der {
  return encode(0xa0 | tag, value);
}

/** The content of a primitive value under an implicit context tag, 0 to 30. */
export function implicit(tag: number, content: ArrayLike<number>): Der {
  return encode(0x80 | tag, content);
}

function encode(tag: number, ...parts: readonly ArrayLike<number>[]): Der {
  const content = parts.flatMap((part) => Array.from(part));
  return Uint8Array.from([tag, ...lengthOf(content), ...content]);
}

// Below 128 in one byte, else after a byte that counts its bytes (X.690, 8.1.3).
function lengthOf({ length }: ArrayLike<number>): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
