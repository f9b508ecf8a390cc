import { oneLine } from "../src/one_line.ts";
import { assertEquals } from "./assert.ts";

Deno.test("oneLine leaves no control character, and nothing that breaks a line", () => {
  const hostile = "a\nb\r\nc\x1b[31md\x00e\u2028f\u0085g";
  assertEquals(oneLine(hostile), "a b c [31md e f g");
});

Deno.test("oneLine cuts what is longer than it may be", () => {
  assertEquals(oneLine("x".repeat(200)), "x".repeat(200));
  assertEquals(oneLine("x".repeat(201)), "x".repeat(199) + "…");
  assertEquals(oneLine("abcdef", 4), "abc…");
});
