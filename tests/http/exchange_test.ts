import type { Exchange } from "../../src/http/exchange.ts";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf } from "../fake_conn.ts";
import { exchangeOf, openSession, requestOf } from "./fake_web.ts";

Deno.test("Exchange finds the path where the host cannot be one, or is left out", () => {
  const urls: [url: string, path: string, query: string][] = [
    ["http://a b/c?d", "/c", "d"],
    ["http://[/c", "/c", ""],
    ["http://x:99999/c?d#e", "/c", "d"],
    ["HTTPS://%zz/c", "/c", ""],
    ["/c?d", "/c", "d"],
    ["http://", "/", ""],
    ["http://x y?d=http://e/f", "/", "d=http://e/f"],
  ];
  for (const [url, path, query] of urls) {
    const request = requestOf("/");
    Object.defineProperty(request, "url", { value: url });
    const { exchange } = exchangeOf(request);
    const { kept } = exchange;
    assertEquals([kept.path, kept.query], [path, query], url);
  }
});

Deno.test("Exchange keeps the header fields when requests are kept, and only then", () => {
  const request = requestOf("/", { headers: { "x-a": "1" } });
  const kept = exchangeOf(request, { options: { isKept: true } });
  const other = exchangeOf(request);
  request.headers.delete("x-a");
  assertEquals(kept.exchange.headers.get("x-a"), "1");
  assert(other.exchange.headers === request.headers);
});

Deno.test("Exchange counts all that it receives, whether it keeps it or not", () => {
  for (const recordLimit of [4, undefined]) {
    const { exchange } = exchangeOf(requestOf("/"), {
      options: { recordLimit },
    });
    for (const part of ["abc", "d\u00e9", ""]) exchange.receive(bytesOf(part));
    assertEquals(exchange.bytesIn, 6);
    assertEquals(exchange.isRecording, recordLimit !== undefined);
  }
});

Deno.test("Exchange is owed once it has come whole, and held while something holds it", () => {
  const { exchange, session, wire } = exchangeOf(requestOf("/"));
  const state = () => [session.isServing, session.isOwing, session.isHolding];
  assertEquals(wire.calls, ["onRequest"]);
  assertEquals(state(), [true, false, false]);
  exchange.isComplete = true;
  assertEquals(state(), [true, true, false]);
  exchange.holds = () => true;
  assertEquals(state(), [true, true, true]);
  exchange.finish();
  assertEquals(state(), [false, false, false]);
});

Deno.test("Exchange finishes once, told of while it is still served", () => {
  const served: boolean[] = [];
  const { exchange, session, wire } = exchangeOf(requestOf("/"), {
    options: {
      onFinish: ({ session }: Exchange) => served.push(session.isServing),
    },
  });
  exchange.sent(5);
  assertEquals([exchange.bytesOut, session.bytesAnswered], [5, 5]);
  exchange.finish();
  exchange.finish();
  assertEquals(served, [true]);
  assertEquals(session.bytesAnswered, 5);
  assertEquals(wire.calls, ["onRequest"]);
  session.end();
  assertEquals(served, [true]);
});

Deno.test("Exchange adds up what a connection was answered", () => {
  const opened = openSession();
  for (const bytes of [3, 4]) {
    const { exchange } = exchangeOf(requestOf("/"), { opened });
    exchange.sent(bytes);
    exchange.sent(bytes);
    exchange.finish();
  }
  assertEquals(opened.session.bytesAnswered, 14);
});

Deno.test("Exchange ends its connection where it has to, after it is served", () => {
  const opened = openSession();
  const { exchange, session, wire } = exchangeOf(requestOf("/"), { opened });
  const served: boolean[] = [];
  wire.drain = () => void served.push(session.isServing);
  exchange.closes = true;
  exchange.finish();
  exchange.finish();
  assertEquals(served, [false]);
});

Deno.test("Exchange finishes when its connection is over", () => {
  const { session, finished } = exchangeOf(requestOf("/"));
  session.end();
  assertEquals(finished.length, 1);
  assertEquals(session.isServing, false);
});

Deno.test("Exchange finishes at once on a connection that is over already", () => {
  const opened = openSession();
  opened.session.end();
  const { exchange, finished } = exchangeOf(requestOf("/"), { opened });
  assertEquals(finished.length, 1);
  exchange.finish();
  assertEquals(finished.length, 1);
});
