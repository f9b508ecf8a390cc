/**
 * The PROXY protocol: a proxy says for whom it opened a connection. Sections
 * are those of HAProxy's `proxy-protocol.txt`, versions 1 and 2, of 2020/03/05.
 *
 * @module
 */

import { canonicalIp, ipBytes, ipText } from "./ip.ts";

/** The client that a proxy speaks for. */
export interface ProxiedClient {
  /** IP address; IPv6 in canonical text (RFC 5952), without brackets. */
  readonly hostname: string;
  /** Port, 0 to 65535. */
  readonly port: number;
}

/**
 * What the first bytes of a connection are: perhaps the beginning of a header,
 * no header, or a whole one, of `length` bytes. Without a `client`, the real
 * peer is to be taken for it.
 */
export type ProxyHeader =
  | { readonly state: "more" }
  | { readonly state: "none" }
  | {
    readonly state: "header";
    readonly length: number;
    readonly client?: ProxiedClient;
  };

/** A header that is malformed; the message says in one line how. */
export class ProxyHeaderError extends Error {
  /** The name of the class. */
  override name = "ProxyHeaderError";
}

const LONGEST_LINE = 107;
const PROTOCOLS = ["TCP4 ", "TCP6 ", "UNKNOWN ", "UNKNOWN\r"];
const UNSPEC = 0;
// Of UNSPEC, IPv4 and IPv6 with their ports, and UNIX.
const ADDRESSES_SIZES = [0, 12, 36, 216];
const CASTAGNOLI = 0x82f63b78;

/**
 * How many bytes a header can have. Receivers have to skip any length that the
 * field can hold (section 2.2), and the certificates of TLVs take thousands.
 */
export const LONGEST_PROXY_HEADER: number = 16 + 0xffff;

/**
 * Parses a header of version 1 or 2.
 *
 * @param bytes all that was received since the connection began.
 * @returns the header, once it is whole; that there is none is known from the
 * first byte that fits no signature.
 * @throws {ProxyHeaderError} if a signature is there, and what follows is
 * malformed, so that the connection is to be aborted (section 2.1). The message
 * quotes no bytes, which may be anyone's.
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader {
  const text = String.fromCharCode(...bytes.subarray(0, LONGEST_LINE));
  if (mayBegin(text, "PROXY")) return parseLine(text);
  if (mayBegin(text, "\r\n\r\n\0\r\nQUIT\n")) return parseBinary(bytes);
  return { state: "none" };
}

function mayBegin(text: string, opening: string): boolean {
  return text.startsWith(opening) || opening.startsWith(text);
}

function expect(condition: boolean, expected: string): asserts condition {
  if (condition) return;
  throw new ProxyHeaderError(`malformed PROXY header: expected ${expected}`);
}

// Section 2.1.
function parseLine(text: string): ProxyHeader {
  const isKnown = PROTOCOLS.some((name) => mayBegin(text, `PROXY ${name}`));
  expect(isKnown, "TCP4, TCP6 or UNKNOWN");
  const [, line, ending] = /^([^\r\n]*)([^]{0,2})/.exec(text)!;
  if (ending === "" || ending === "\r") {
    expect(text.length < LONGEST_LINE, `CRLF within ${LONGEST_LINE} bytes`);
    return { state: "more" };
  }
  expect(ending === "\r\n", "CRLF, not CR or LF alone");
  return { state: "header", length: line.length + 2, client: readLine(line) };
}

function readLine(line: string): ProxiedClient | undefined {
  const [, family, source, destination, ...ports] = line.split(" ");
  if (family === "UNKNOWN") return undefined;
  expect(ports.length === 2, "two addresses and two ports after single spaces");
  const size = family === "TCP4" ? 4 : 16;
  const isAddress = (ip: string) => ipBytes(ip)?.length === size;
  const areAddresses = isAddress(source) && isAddress(destination);
  expect(areAddresses, `addresses that fit ${family}`);
  const isPort = (it: string) => /^(0|[1-9]\d*)$/.test(it) && +it <= 65535;
  expect(ports.every(isPort), "ports from 0 to 65535");
  return { hostname: canonicalIp(source), port: Number(ports[0]) };
}

// Section 2.2.
function parseBinary(bytes: Uint8Array): ProxyHeader {
  if (bytes.length < 16) return { state: "more" };
  const length = 16 + readUint16(bytes, 14);
  const kind = readKind(bytes[12], bytes[13]);
  const addressesEnd = 16 + ADDRESSES_SIZES[kind >> 4];
  expect(addressesEnd <= length, "a length that holds the addresses");
  if (bytes.length < length) return { state: "more" };
  const header = bytes.subarray(0, length);
  // Of UNSPEC, addresses of any size may stand before the TLVs.
  if (kind !== UNSPEC) checkVectors(header, addressesEnd);
  return { state: "header", length, client: readClient(header, kind) };
}

function readKind(command: number, kind: number): number {
  // LOCAL has the receiver ignore the family, even one that is unknown.
  if (command === 0x20) return UNSPEC;
  expect(command === 0x21, "version 2, and LOCAL or PROXY");
  const [family, protocol] = [kind >> 4, kind & 15];
  expect(family <= 3 && protocol <= 2, "a known family and protocol");
  return family === 0 || protocol === 0 ? UNSPEC : kind;
}

function readClient(header: Uint8Array, kind: number) {
  if (kind === 0x11) {
    const hostname = header.subarray(16, 20).join(".");
    return { hostname, port: readUint16(header, 24) };
  }
  // What is valid, but not TCP over IP, is to be taken as UNSPEC.
  if (kind !== 0x21) return undefined;
  const hostname = ipText([...header.subarray(16, 32)]);
  return { hostname, port: readUint16(header, 48) };
}

function checkVectors(header: Uint8Array, start: number): void {
  let checksum = 0;
  for (let at = start, end; at < header.length; at = end) {
    end = at + 3 + readUint16(header, at + 1);
    expect(end <= header.length, "TLVs that end with the header");
    if (header[at] !== 3) continue;
    // Each costs a pass over the header, and a sender has use for one.
    expect(checksum === 0 && end === at + 7, "one checksum of 4 bytes");
    checksum = at + 3;
  }
  if (checksum > 0) verifyChecksum(header, checksum);
}

// Section 2.2.3: the CRC32c of the header with zeros in place of the checksum.
function verifyChecksum(header: Uint8Array, at: number): void {
  let crc = ~0;
  for (const byte of Uint8Array.from(header).fill(0, at, at + 4)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 && CASTAGNOLI);
    }
  }
  const sent = (readUint16(header, at) << 16) | readUint16(header, at + 2);
  expect(~crc === sent, "a checksum that fits");
}

function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
