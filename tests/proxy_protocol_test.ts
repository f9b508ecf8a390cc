import { Buffer } from "node:buffer";
import { isIP } from "node:net";
import { draw } from "../src/faults/random.ts";
import {
  LONGEST_PROXY_HEADER,
  parseProxyHeader,
  ProxyHeaderError,
} from "../src/proxy_protocol.ts";
import { assert, assertEquals, assertThrows } from "./assert.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";
const IPV4 = "c0000201 c6336407 d431 0007";
const IPV6 = `20010db8${"0".repeat(23)}1 20010db8${"0".repeat(23)}2 d431 0007`;
const UNIX = "2f746d702f61".padEnd(432, "0");
const MAPPED = "00000000000000000000ffffc0000201";
const LO_IPV4 = "7f000001".repeat(2);
const LO_IPV6 = `${"0".repeat(31)}1`.repeat(2);
const ID = "05 000b 6563686f642d3139333937";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function binary(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(SIGNATURE + hex.replace(/ /g, ""), "hex"));
}

const v4 = "192.0.2.1:54321";
const v6 = "2001:db8::1:54321";
const high = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

// What each says of the client, or nothing.
type Golden = readonly [text: string, client?: string];

const LINES: readonly Golden[] = [
  // The longest of section 2.1, each.
  ["TCP4 255.255.255.255 255.255.255.255 65535 65535", "255.255.255.255:65535"],
  [`TCP6 ${high} ${high} 65535 65535`, `${high}:65535`],
  [`UNKNOWN ${high} ${high} 65535 65535`],
  ["UNKNOWN \0 anything  at all %s 99999"],
  ["TCP4 0.0.0.0 192.0.2.1 0 0", "0.0.0.0:0"],
  ["TCP6 2001:DB8:0:0:0:0:0:1 :: 54321 7", v6],
  ["TCP6 1:0:0:2:0:0:0:3 ::1 1 7", "1:0:0:2::3:1"],
  ["TCP6 1:2:3:4:5:6:7:: ::1 1 7", "1:2:3:4:5:6:7:0:1"],
  ["TCP6 ::FFFF:192.0.2.1 ::1 1 7", "::ffff:192.0.2.1:1"],
  ["TCP6 ::ffff:0:102 ::1 1 7", "::ffff:0.0.1.2:1"],
  // HAProxy 2.6.12, send-proxy: clients over IPv4, IPv6 and a UNIX socket.
  ["TCP4 127.0.0.1 127.0.0.1 52066 48311", "127.0.0.1:52066"],
  ["TCP6 ::1 ::1 54346 48311", "::1:54346"],
  ["UNKNOWN"],
];

// HAProxy 2.6.12, send-proxy-v2, with proxy-v2-options crc32c,unique-id.
const CHECKED: readonly Golden[] = [
  [`21 11 0021 ${LO_IPV4} bd70bcb9 030004196e5f61${ID}`, "127.0.0.1:48496"],
  [`21 21 0039 ${LO_IPV6} cdd4bcb9 030004b75322e5${ID}`, "::1:52692"],
];

const NAMELESS = [
  // LOCAL, whatever follows it.
  `20 00 0000|20 ff 0003 030004|20 11 000c ${IPV4}`,
  // UNSPEC, as a family, as a protocol and as both: any block passes.
  "21 00 0002 0300|21 01 0001 ff|21 02 0000|21 10 0000|21 20 0001 ff|21 30 0000",
  // Valid, but not TCP over IP.
  `21 12 000c${IPV4}|21 22 0024${IPV6}|21 31 00d8${UNIX}|21 32 00d8${UNIX}`,
];

const BLOCKS: readonly Golden[] = [
  [`21 11 000c ${IPV4}`, v4],
  [`21 21 0024 ${IPV6}`, v6],
  [`21 21 0024 ${MAPPED.repeat(2)} ffff 0000`, "::ffff:192.0.2.1:65535"],
  // With TLVs: of no length, of a type that nobody knows, and nested ones.
  [`21 11 0017 ${IPV4} 04 0000 ee 0002 abcd 04 0000`, v4],
  [`21 21 002f ${IPV6} 20 0008 01 00000000 21 0000`, v6],
  ...NAMELESS.join("|").split("|").map((hex): Golden => [hex]),
  // The longest.
  [`20 00 ffff ${"00".repeat(65535)}`],
  [`21 11 ffff ${IPV4} ee fff0 ${"00".repeat(65520)}`, v4],
  // HAProxy 2.6.12, send-proxy-v2; of a UNIX socket, LOCAL, with TLVs or not.
  [`21 11 000c ${LO_IPV4} 8684bcb8`, "127.0.0.1:34436"],
  [`21 21 0024 ${LO_IPV6} e27ebcb8`, "::1:57982"],
  [`20 00 0015 030004961326db${ID}`],
  ...CHECKED,
];

const HEADERS = [
  ...LINES.map(([line, client]) => [bytesOf(`PROXY ${line}\r\n`), client]),
  ...BLOCKS.map(([hex, client]) => [binary(hex), client]),
] as [bytes: Uint8Array<ArrayBuffer>, client?: string][];

/** The state, or of a header, its length and its client. */
function summary(bytes: Uint8Array): unknown[] {
  const header = parseProxyHeader(bytes);
  if (header.state !== "header") return [header.state];
  const { length, client } = header;
  return [length, client && `${client.hostname}:${client.port}`];
}

function refuses(bytes: Uint8Array, expected: string): void {
  const message = `malformed PROXY header: expected ${expected}`;
  const shown = Buffer.from(bytes.subarray(0, 99)).toString("latin1");
  const parse = () => parseProxyHeader(bytes);
  assertThrows(parse, ProxyHeaderError, message, shown);
}

Deno.test("a header says who the client is, wherever it is, and stays", () => {
  for (const [bytes, client] of HEADERS) {
    for (const rest of ["", "\r\n", "PROXY UNKNOWN\r\n", "y".repeat(99)]) {
      const room = Buffer.concat([bytesOf("..."), bytes, bytesOf(rest)]);
      assertEquals(summary(room.subarray(3)), [bytes.length, client]);
      assert(room.subarray(3, bytes.length + 3).equals(bytes));
    }
  }
});

Deno.test("every beginning asks for more, of the longest header too", () => {
  assertEquals(LONGEST_PROXY_HEADER, 65551);
  assert(HEADERS.some(([bytes]) => bytes.length === LONGEST_PROXY_HEADER));
  for (const [bytes] of HEADERS) {
    for (let end = 0; end < bytes.length; end++) {
      assertEquals(summary(bytes.subarray(0, end)), ["more"]);
    }
  }
});

Deno.test("the first byte that fits no signature says there is no header", () => {
  for (const signature of [bytesOf("PROXY"), binary("")]) {
    for (let end = 1; end <= signature.length; end++) {
      const other = signature.slice(0, end);
      other[end - 1] ^= 0x20;
      assertEquals(summary(other), ["none"]);
    }
  }
  for (const text of ["x", "GET / HTTP/1.1\r\n", "proxy", "\n", "\r\n\r\nx"]) {
    assertEquals(summary(bytesOf(text)), ["none"], text);
  }
});

// What is expected, and what breaks it in the place of "#".
type Rule = readonly [expected: string, frame: string, breaches: string];
type Encode = (text: string) => Uint8Array;

function refusesBreaches(encode: Encode, ...rules: readonly Rule[]): void {
  for (const [expected, frame, breaches] of rules) {
    for (const breach of breaches.split("|")) {
      refuses(encode(frame.replace("#", breach)), expected);
    }
  }
}

Deno.test("lines that break a rule of section 2.1 are refused", () => {
  const protocol = "TCP4, TCP6 or UNKNOWN";
  const fields = "two addresses and two ports after single spaces";
  const [ipv4, ipv6] = ["addresses that fit TCP4", "addresses that fit TCP6"];
  const ports = "ports from 0 to 65535";
  const crlf = "CRLF, not CR or LF alone";
  refusesBreaches(
    (line) => bytesOf(`PROXY ${line}\r\n`),
    [protocol, "#", "|x| TCP4 |tcp4 |TCP4|TCP5 ::1|UDP4 1.2.3.4|TCP4\t1.2.3.4"],
    [protocol, "UNKNOWN#", "X|\t|\n|,"],
    [fields, "TCP4 #", "|1.2.3.4 1.2.3.4 1|1.2.3.4 1.2.3.4 1 2 "],
    [fields, "TCP6 #", " ::1 ::1 1 2|::1  ::1 1 2|::1 ::1 1 2 3|::1"],
    [ipv4, "TCP4 # 1.2.3.4 1 2", "::1|1.2.3|01.2.3.4|a|"],
    [ipv4, "TCP4 1.2.3.4 # 1 2", "::1|256.0.0.1|0x1.2.3.4"],
    [ipv6, "TCP6 # ::1 1 2", "1.2.3.4|fe80::1%lo|[::1]|::10000|"],
    [ipv6, "TCP6 ::1 # 1 2", "1.2.3.4|::1%lo|1::2::3|1:2"],
    [ports, "TCP4 1.2.3.4 1.2.3.4 # 1", "65536|01|00|-1|+1|1e3|0x1|1.|1\t"],
    [ports, "TCP6 ::1 ::1 1 #", "65536|01||x|99999999999999999999"],
    [crlf, "#", "UNKNOWN\rx|UNKNOWN \n|UNKNOWN a\r|TCP4 1\n|TCP6 ::1\r::1 1 2"],
  );
});

Deno.test("a line without its end in 107 bytes is refused", () => {
  const most = "PROXY UNKNOWN ".padEnd(105, "x");
  assertEquals(summary(bytesOf(`${most}x`)), ["more"]);
  assertEquals(summary(bytesOf(`${most}\r\n`)), [107, undefined]);
  for (const text of [`${most}xx`, `${most}xxx`, `${most}x\r\n`]) {
    refuses(bytesOf(text), "CRLF within 107 bytes");
  }
});

Deno.test("blocks that break a rule of section 2.2 are refused", () => {
  const short = "a length that holds the addresses";
  const tlvs = "TLVs that end with the header";
  const sum = "one checksum of 4 bytes";
  const ip = IPV4;
  refusesBreaches(
    binary,
    ["version 2, and LOCAL or PROXY", "# 11 0000", "11|31|01|22|2f|10|00|f1"],
    ["a known family and protocol", `21 # 00d8 ${UNIX}`, "40|41|f1|13|03|1f"],
    [short, "21 #", "11 000b|11 0000|12 000b|21 0023|22 000c|31 00d7|32 0024"],
    [tlvs, "21 11 00#", `0d${ip}04|0e${ip}0400|0f${ip}040001|0e${ip}ffff`],
    [tlvs, "21 12 00#", `10${ip}04010000|12${ip}040004000000`],
    [tlvs, "21 31 00#", `d9${UNIX}04|db${UNIX}040001|dd${UNIX}0400000400`],
    [sum, "21 11 00#", `0f${ip}030000|14${ip}0300050000000000`],
    [sum, `21 11 001a ${ip}#`, "03000400000000".repeat(2)],
  );
});

Deno.test("a checksum that does not match is refused, for any bit", () => {
  for (const header of CHECKED.map(([hex]) => binary(hex))) {
    for (let bit = 16 * 8; bit < header.length * 8; bit++) {
      const at = bit >> 3;
      // Types and lengths of TLVs have rules of their own.
      if ([21, 20, 19, 14, 13, 12].includes(header.length - at)) continue;
      const wrong = header.slice();
      wrong[at] ^= 1 << (bit & 7);
      refuses(wrong, "a checksum that fits");
    }
  }
});

/** Parses, and checks what comes of it. */
function outcome(bytes: Uint8Array): string {
  try {
    const header = parseProxyHeader(bytes);
    if (header.state !== "header") return header.state;
    const { length, client = { hostname: "::", port: 0 } } = header;
    assert(length > 0 && length <= bytes.length);
    assert(isIP(client.hostname) > 0 && client.port >>> 16 === 0);
    assertEquals(summary(bytes.subarray(0, length - 1)), ["more"]);
    return "header";
  } catch (error) {
    if (!(error instanceof ProxyHeaderError)) throw error;
    assert(/^malformed PROXY header: [ -~]+$/.test(error.message));
    return error.name;
  }
}

Deno.test("no bytes make the parser fail, or claim what is not there", () => {
  const outcomes = new Set<string>();
  const bases = HEADERS.filter(([bytes]) => bytes.length < 300);
  const likely = bytesOf("019:. \r\nf");
  let draws = 0;
  const below = (end: number) => Math.floor(draw(7, draws++) * end);
  for (let round = 0; round < 30_000; round++) {
    const [bytes] = bases[below(bases.length)];
    // Without its signature, hardly any would be more than "none".
    const from = round % 9 === 0 ? 0 : bytes[0] === 0x50 ? 5 : 12;
    const bad = bytes.slice(0, below(4) ? bytes.length : below(300));
    for (let changes = below(4); changes >= 0; changes--) {
      const byte = below(2) ? below(256) : likely[below(likely.length)];
      bad[from + below(bytes.length - from)] = byte;
    }
    outcomes.add(outcome(bad));
    const random = new Uint8Array(below(40)).map(() => below(256));
    outcomes.add(outcome(Buffer.concat([bytes.slice(0, from), random])));
  }
  const all = "ProxyHeaderError,header,more,none";
  assertEquals([...outcomes].sort().join(), all);
});
