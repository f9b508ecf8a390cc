import { Head } from "../../src/http/head.ts";
import { assertEquals } from "../assert.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("Head counts what follows a header, however it is cut", () => {
  const text = encode(`${REQUEST}after`);
  for (let at = 0; at <= text.length; at++) {
    const head = new Head();
    head.look(text.subarray(0, at));
    head.look(text.subarray(at));
    assertEquals(head.bytesAfter, 5, `cut at ${at}`);
  }
  const head = new Head();
  for (const byte of text) head.look(Uint8Array.of(byte));
  assertEquals(head.bytesAfter, 5);
});

Deno.test("Head counts nothing before the end of a header", () => {
  const head = new Head();
  head.look(encode(REQUEST.slice(0, -1)));
  assertEquals(head.bytesAfter, 0);
  head.look(encode("\n"));
  assertEquals(head.bytesAfter, 0);
});

Deno.test("Head takes a request that was pipelined for what follows, until it begins anew", () => {
  const head = new Head();
  head.look(encode(REQUEST + REQUEST));
  assertEquals(head.bytesAfter, REQUEST.length);
  head.restart();
  head.look(encode(REQUEST));
  assertEquals(head.bytesAfter, 0);
});
