import { findJsonError } from "../../src/cli/json_error.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const END = "end of the file";

/** Broken texts, the line that they break at, and what stands there. */
const BROKEN: readonly [text: string, line: number, found: string][] = [
  ["", 1, END],
  [" \n\n", 3, END],
  ["{", 1, END],
  ['{\n  "port": 8080\n', 3, END],
  ['{\n  "port": 8080,\n}', 3, "}"],
  ['{\n  "port": 8080\n  "host": "::1"\n}', 3, '"host"'],
  ['{\n  "port" 8080\n}', 2, "8080"],
  ["{\n  port: 8080\n}", 2, "port:"],
  ["{\n  'port': 8080\n}", 2, "'port':"],
  ['{\n  "port":\n}', 3, "}"],
  ['{\n  "port": 0x50\n}', 2, "x50"],
  ['{\n  "port": 08\n}', 2, "8"],
  ['{\n  "port": 1.\n}', 2, "."],
  ['{\n  "port": +1\n}', 2, "+1"],
  ['{\n  "port": NaN\n}', 2, "NaN"],
  ['{\n  "quiet": True\n}', 2, "True"],
  ['{\n  "quiet": trueish\n}', 2, "ish"],
  ['{\n  // comment\n  "port": 1\n}', 2, "//"],
  ['{\n  "host": "two\nlines"\n}', 2, '"two'],
  ['{\n  "host": "\\x"\n}', 2, '"\\x"'],
  ['{\n  "host": "\\u12g4"\n}', 2, '"\\u12g4"'],
  ['{\n  "host": "open\n}', 2, '"open'],
  ['{\n  "listen": ["a" "b"]\n}', 2, '"b"'],
  ['{\n  "listen": ["a",\n  ]\n}', 3, "]"],
  ['{\n  "listen": ["a"\n}', 3, "}"],
  ['{\n  "a": {"b": [1, {"c": ]}]}\n}', 2, "]"],
  ["{}\n{}", 2, "{"],
  ["[]\r\n]", 2, "]"],
  ["{1: 2}", 1, "1"],
  [`"${"x".repeat(30)}" 1`, 1, "1"],
];

Deno.test("findJsonError finds the line and the text where JSON breaks", () => {
  for (const [text, line, found] of BROKEN) {
    assertThrows(() => JSON.parse(text), SyntaxError);
    assertEquals(findJsonError(text), { line, found }, text);
  }
});

Deno.test("findJsonError passes over every form of value", () => {
  const values = [
    '""',
    '"\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9"',
    '"\x7f\u2028 { } [ ] , : //"',
    "-0.5e+10",
    "0",
    "1E5",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    '[1, [2, {"a": [null]}], "x"]',
    '{"a": {"b": {}}, "c": []}',
  ];
  for (const value of values) {
    const text = `{"good": ${value},\n!}`;
    assertEquals(findJsonError(text), { line: 2, found: "!}" }, text);
  }
});

Deno.test("findJsonError shortens what it found", () => {
  const { found } = findJsonError("x".repeat(1000));
  assertEquals(found, "x".repeat(20));
});
