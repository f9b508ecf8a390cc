import { HttpSession, type Serving } from "../../src/http/session.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { bytesOf, FakeConn, turn } from "../fake_conn.ts";
import { guestOf, openSession } from "./fake_web.ts";

const serving = (state: Partial<Serving> = {}): Serving => ({
  ...{ isOwed: false, isHeld: false },
  ...state,
});

/** The version of a stream that comes in chunks. */
function versionOf(...chunks: string[]): string {
  const { session } = openSession();
  for (const chunk of chunks) session.look(bytesOf(chunk));
  return session.version;
}

Deno.test("HttpSession finds the version in the first line, however it is cut", () => {
  const lines: [line: string, version: string][] = [
    ["GET / HTTP/1.1\r\nHost: x\r\n", "HTTP/1.1"],
    ["GET /a HTTP/1.0\r\n\r\n", "HTTP/1.0"],
    ["GET /a HTTP/1.0\n\n", "HTTP/1.0"],
    ["GET /?a= HTTP/9.9 HTTP/1.0\r\n", "HTTP/1.0"],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2"],
    ["GET /\u00e9\u0000 HTTP/1.0\r\n", "HTTP/1.0"],
  ];
  for (const [line, version] of lines) {
    assertEquals(versionOf(line), version, line);
    assertEquals(versionOf(...line), version, `${line} byte by byte`);
    for (let at = 1; at < line.length; at++) {
      const halves = [line.slice(0, at), line.slice(at)];
      assertEquals(versionOf(...halves), version, halves.join("|"));
    }
  }
});

Deno.test("HttpSession takes no later line for the first, nor half a version", () => {
  for (
    const text of [
      ...["", "GET / HTTP/1.0", "GET / HTTP/1.0\r", "HTTP/1.0\r\n"],
      ...[
        "GET /\r\nX: HTTP/1.0\r\n",
        "GET / http/1.0\r\n",
        "\u0016\u0003\u0001",
      ],
      ...["GET / HTTP/1.0 \r\n", "GET / HTTP/10\r\nA HTTP/1.0\r\n"],
    ]
  ) {
    assertEquals(versionOf(text), "HTTP/1.1", JSON.stringify(text));
  }
});

Deno.test("HttpSession looks at the first line alone, and not for ever", () => {
  const { session } = openSession();
  assertEquals([session.version, session.isMultiplexed], ["HTTP/1.1", false]);
  session.look(bytesOf("PRI * HTTP/2.0\r\n"));
  session.look(bytesOf("GET / HTTP/1.0\r\n"));
  assertEquals([session.version, session.isMultiplexed], ["HTTP/2", true]);
  const long = "x".repeat(16 * 1024);
  assertEquals(versionOf(`${long}x`, " HTTP/1.0\r\n"), "HTTP/1.1");
  assertEquals(versionOf(long.slice(9), " HTTP/1.0\r\n"), "HTTP/1.0");
});

Deno.test("HttpSession awaits a request while none is served", () => {
  const { session, wire } = openSession();
  assertEquals(session.awaitsRequest, true);
  const leave = session.serve(serving());
  assertEquals(wire.calls, ["onRequest"]);
  assertEquals(session.awaitsRequest, false);
  leave();
  assertEquals(session.awaitsRequest, true);
  session.webSocket = { admit: (data) => data };
  assertEquals(session.awaitsRequest, false);
});

Deno.test("HttpSession awaits the first request of HTTP/2, and then frames of any kind", () => {
  const { session } = openSession();
  session.look(bytesOf("PRI * HTTP/2.0\r\n"));
  assertEquals(session.awaitsRequest, true);
  const leave = session.serve(serving());
  assertEquals(session.isBodied, false);
  leave();
  assertEquals(session.awaitsRequest, false);
});

Deno.test("HttpSession takes what comes for a body while a request is served", () => {
  const { session } = openSession();
  assertEquals(session.isBodied, false);
  const leave = session.serve(serving());
  assertEquals(session.isBodied, true);
  leave();
  assertEquals(session.isBodied, false);
  session.serve(serving());
  session.webSocket = { admit: (data) => data };
  assertEquals(session.isBodied, false);
});

Deno.test("HttpSession owes and holds as long as any of its requests does", () => {
  const { session } = openSession();
  const state = () => [session.isServing, session.isOwing, session.isHolding];
  assertEquals(state(), [false, false, false]);
  const leaves = [
    session.serve(serving()),
    session.serve(serving({ isOwed: true })),
    session.serve(serving({ isHeld: true })),
  ];
  assertEquals(state(), [true, true, true]);
  leaves[1]();
  assertEquals(state(), [true, false, true]);
  leaves[2]();
  assertEquals(state(), [true, false, false]);
  leaves[0]();
  leaves[0]();
  assertEquals(state(), [false, false, false]);
});

Deno.test("HttpSession waits until its requests are answered, or it is over", async () => {
  const { session } = openSession();
  const leaves = [session.serve(serving()), session.serve(serving())];
  const calls: string[] = [];
  session.until(() => !session.isServing).then(() => calls.push("served"));
  session.until(() => false).then(() => calls.push("over"));
  leaves[0]();
  await turn();
  assertEquals(calls, []);
  leaves[1]();
  await turn();
  assertEquals(calls, ["served"]);
  session.end();
  await turn();
  assertEquals(calls, ["served", "over"]);
});

Deno.test("HttpSession tells of its end once, at once when it is over, and nobody who left", () => {
  const { session } = openSession();
  const calls: string[] = [];
  session.onEnd(() => calls.push("a"));
  const leave = session.onEnd(() => calls.push("b"));
  leave();
  assertEquals(session.isOver, false);
  session.end();
  session.end();
  assertEquals(calls, ["a"]);
  assertEquals(session.isOver, true);
  session.onEnd(() => calls.push("late"));
  assertEquals(calls, ["a", "late"]);
});

Deno.test("HttpSession tells of the drain once, at once when it drains, and nobody who left", () => {
  const { session } = openSession();
  const calls: string[] = [];
  session.onDrain(() => calls.push("a"));
  const leave = session.onDrain(() => calls.push("b"));
  leave();
  session.drain();
  session.drain();
  assertEquals(calls, ["a"]);
  assertEquals([session.isDraining, session.isOver], [true, false]);
  session.onDrain(() => calls.push("late"));
  assertEquals(calls, ["a", "late"]);
});

Deno.test("HttpSession asks nobody to end once it is over", () => {
  const { session } = openSession();
  const calls: string[] = [];
  session.onDrain(() => calls.push("drained"));
  session.end();
  session.drain();
  assertEquals(calls, []);
});

Deno.test("HttpSession tells of the client's end once, whenever one asks", () => {
  const { session } = openSession();
  const calls: string[] = [];
  session.onClientEnd(() => calls.push("a"));
  session.onClientEnd(() => calls.push("b"))();
  session.drain();
  assertEquals(calls, []);
  session.endOfClient();
  session.endOfClient();
  session.onClientEnd(() => calls.push("late"));
  assertEquals(calls, ["a", "late"]);
});

Deno.test("HttpSession has no wire before it is connected", () => {
  const session = new HttpSession(guestOf(), new FakeConn());
  assertThrows(() => session.wire, Error, "the connection is not open yet");
});
