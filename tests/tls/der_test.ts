import { Buffer } from "node:buffer";
import {
  bitString,
  type Der,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  TRUE,
  utf8String,
} from "../../src/tls/der.ts";
import { assertEquals, assertThrows } from "../assert.ts";

function hex(value: Der): string {
  return Buffer.from(value).toString("hex");
}

function writes(values: Readonly<Record<string, Der>>) {
  for (const [expected, value] of Object.entries(values)) {
    assertEquals(hex(value), expected.replaceAll(" ", ""));
  }
}

Deno.test("DER writes lengths from 128 up in the long form", () => {
  const heads: Readonly<Record<number, string>> = {
    0: "0400",
    1: "0401",
    127: "047f",
    128: "048180",
    255: "0481ff",
    256: "04820100",
    65535: "0482ffff",
    65536: "0483010000",
  };
  for (const [length, head] of Object.entries(heads)) {
    const content = new Uint8Array(Number(length)).fill(7);
    const value = octetString(content);
    const headLength = head.length / 2;
    assertEquals(hex(value.slice(0, headLength)), head);
    assertEquals(value.slice(headLength), content);
  }
});

Deno.test("integer writes as few bytes as hold the number and its sign", () => {
  writes({
    "02 01 00": integer([0]),
    "02 01 01": integer([1]),
    "02 01 7f": integer([0x7f]),
    "02 02 00 80": integer([0x80]),
    "02 02 00 ff": integer([0xff]),
    "02 02 01 00": integer([1, 0]),
    "02 02 7f ff": integer([0x7f, 0xff]),
    "02 03 00 80 00": integer([0x80, 0]),
  });
});

Deno.test("integer leaves out zeros in front, unless they are the sign", () => {
  writes({
    "02 01 00": integer([]),
    "02 01 05": integer([0, 0, 5]),
    "02 02 00 85": integer([0, 0, 0x85]),
    "02 02 05 00": integer([0, 5, 0]),
  });
  assertEquals(hex(integer([0, 0])), "020100");
});

Deno.test("oid writes numbers to base 128, the first two as one", () => {
  writes({
    "06 08 2a 86 48 ce 3d 04 03 02": oid("1.2.840.10045.4.3.2"),
    "06 03 55 04 03": oid("2.5.4.3"),
    "06 03 55 1d 11": oid("2.5.29.17"),
    "06 03 88 37 03": oid("2.999.3"),
    "06 02 2a 7f": oid("1.2.127"),
    "06 03 2a 81 00": oid("1.2.128"),
    "06 06 2a 8f ff ff ff 7f": oid("1.2.4294967295"),
  });
});

Deno.test("time is UTCTime through 2049 and GeneralizedTime from 2050 on", () => {
  const times: Readonly<Record<string, [tag: number, text: string]>> = {
    "1949-12-31T23:59:59Z": [0x18, "19491231235959Z"],
    "1950-01-01T00:00:00Z": [0x17, "500101000000Z"],
    "1999-12-31T23:59:59Z": [0x17, "991231235959Z"],
    "2026-02-03T04:05:06.789Z": [0x17, "260203040506Z"],
    "2049-12-31T23:59:59.999Z": [0x17, "491231235959Z"],
    "2050-01-01T00:00:00Z": [0x18, "20500101000000Z"],
    "9999-12-31T23:59:59Z": [0x18, "99991231235959Z"],
  };
  for (const [date, [tag, text]] of Object.entries(times)) {
    const [actualTag, length, ...content] = time(new Date(date));
    assertEquals([actualTag, length], [tag, text.length], date);
    assertEquals(String.fromCharCode(...content), text, date);
  }
});

Deno.test("time refuses years without four digits and dates that are none", () => {
  const dates = ["+010000-01-01T00:00:00Z", "-000001-12-31T23:59:59Z", ""];
  for (const date of dates) {
    assertThrows(() => time(new Date(date)), RangeError, "", date);
  }
});

Deno.test("Values that hold others write them one after another", () => {
  const [one, two] = [integer([1]), integer([2])];
  writes({
    "30 00": sequence(),
    "30 06 02 01 01 02 01 02": sequence(one, two),
    "31 03 02 01 01": setOf(one),
    "a0 03 02 01 02": explicit(0, two),
    "a3 03 02 01 01": explicit(3, one),
    "30 05 30 03 01 01 ff": sequence(sequence(TRUE)),
  });
});

Deno.test("Values that hold bytes write them after a tag and a length", () => {
  writes({
    "01 01 ff": TRUE,
    "03 02 07 80": bitString([0x80], 7),
    "03 03 00 01 02": bitString([1, 2]),
    "04 02 01 02": octetString([1, 2]),
    "0c 05 65 63 68 6f 64": utf8String("echod"),
    "0c 03 e2 82 ac": utf8String("€"),
    "82 02 61 62": implicit(2, new TextEncoder().encode("ab")),
    "87 04 7f 00 00 01": implicit(7, [127, 0, 0, 1]),
  });
});
