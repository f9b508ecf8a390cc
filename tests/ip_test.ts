import * as net from "node:net";
import {
  canonicalIp,
  ipBytes,
  ipText,
  isIP,
  isIPv4,
  isIPv6,
  plainIp,
  withoutZone,
} from "../src/ip.ts";
import { draw } from "../src/faults/random.ts";
import { assert, assertEquals } from "./assert.ts";

const ADDRESSES = [
  ...["192.0.2.1", "255.255.255.255", "0.0.0.0", "::", "::1", "1::"],
  ...["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "a:b::c:d"],
  ...["::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "fe80::1%eth0.1"],
];

/** Addresses with some characters put in, taken out or changed. */
function* damaged(count: number): Generator<string> {
  const letters = "012569abfFg:::..%-x ";
  for (let round = 0; round < count; round++) {
    const pick = (part: number, below: number) =>
      Math.floor(draw(1, round, part, 0) * below);
    let text = ADDRESSES[pick(0, ADDRESSES.length)];
    for (let edit = pick(1, 4); edit > 0; edit--) {
      const at = pick(edit * 4 + 2, text.length + 1);
      const letter = letters[pick(edit * 4 + 3, letters.length)];
      const insert = pick(edit * 4 + 4, 3) > 0 ? letter : "";
      const removed = pick(edit * 4 + 5, 2);
      text = text.slice(0, at) + insert + text.slice(at + removed);
    }
    yield text;
  }
}

Deno.test("isIP, isIPv4 and isIPv6 say what node:net says", () => {
  const seen = [0, 0, 0];
  for (const text of [...ADDRESSES, ...damaged(20_000)]) {
    assertEquals(isIPv4(text), net.isIPv4(text), text);
    assertEquals(isIPv6(text), net.isIPv6(text), text);
    assertEquals(isIP(text), net.isIP(text) !== 0, text);
    seen[isIPv4(text) ? 1 : isIPv6(text) ? 2 : 0]++;
  }
  // The test would be worth little without plenty of each.
  assert(seen.every((count) => count > 1000), `${seen}`);
});

Deno.test("withoutZone takes the zone off an address", () => {
  assertEquals(withoutZone("fe80::1%eth0.1"), "fe80::1");
  assertEquals(withoutZone("fe80::1"), "fe80::1");
  assertEquals(withoutZone("192.0.2.1"), "192.0.2.1");
});

Deno.test("ipBytes gives 4 or 16 bytes, or nothing", () => {
  const zeros = (count: number) => Array<number>(count).fill(0);
  const known = {
    "192.0.2.1": [192, 0, 2, 1],
    "::": zeros(16),
    "::1": [...zeros(15), 1],
    "1::": [0, 1, ...zeros(14)],
    "2001:DB8::8:800:200c:417a": [
      ...[0x20, 0x01, 0x0d, 0xb8, ...zeros(4)],
      ...[0x00, 0x08, 0x08, 0x00, 0x20, 0x0c, 0x41, 0x7a],
    ],
    "::ffff:192.0.2.1": [...zeros(10), 255, 255, 192, 0, 2, 1],
    "64:ff9b::192.0.2.33": [
      ...[0x00, 0x64, 0xff, 0x9b, ...zeros(8), 192, 0, 2, 33],
    ],
    "fe80::1%eth0": undefined,
    "[::1]": undefined,
    "localhost": undefined,
  };
  for (const [ip, bytes] of Object.entries(known)) {
    assertEquals(ipBytes(ip), bytes, ip);
  }
});

Deno.test("canonicalIp writes an address in its one form", () => {
  const forms = {
    "2001:0DB8:0:0:0:0:0:1": "2001:db8::1",
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1": "2001:0:0:1::1",
    "0:0:0:0:0:0:0:0": "::",
    "0:0:0:0:0:FFFF:c000:201": "::ffff:192.0.2.1",
    "::FFFF:192.0.2.1": "::ffff:192.0.2.1",
    "::192.0.2.1": "::c000:201",
    "1::192.0.2.1": "1::c000:201",
    "192.0.2.1": "192.0.2.1",
    "fe80::1%eth0": "fe80::1%eth0",
    "localhost": "localhost",
    "": "",
  };
  for (const [ip, expected] of Object.entries(forms)) {
    assertEquals(canonicalIp(ip), expected, ip);
  }
});

Deno.test("ipText and ipBytes undo each other", () => {
  for (const ip of ["192.0.2.1", "::", "2001:db8::1", "::ffff:192.0.2.1"]) {
    assertEquals(ipText(ipBytes(ip)!), ip);
  }
});

Deno.test("plainIp takes the mapping off IPv4, and leaves the rest", () => {
  const plain = {
    "::ffff:192.0.2.1": "192.0.2.1",
    "::FFFF:192.0.2.1": "192.0.2.1",
    "192.0.2.1": "192.0.2.1",
    "::ffff:1": "::ffff:1",
    "::1": "::1",
    "1::ffff:192.0.2.1": "1::ffff:192.0.2.1",
    "2001:db8::1": "2001:db8::1",
  };
  for (const [ip, expected] of Object.entries(plain)) {
    assertEquals(plainIp(ip), expected, ip);
  }
});
