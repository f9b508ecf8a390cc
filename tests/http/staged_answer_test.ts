import type { Fault } from "../../src/faults/types.ts";
import { answer } from "../../src/http/answer.ts";
import type { HttpSession } from "../../src/http/session.ts";
import { assertEquals } from "../assert.ts";
import { bytesOf, FakeConn, inTime, textOf, turn } from "../fake_conn.ts";
import {
  type Asking,
  exchangeOf,
  hitsOf,
  openBody,
  openSession,
  requestOf,
  startPlane,
  until,
} from "./fake_web.ts";

/** Asks on a connection with faults; the answer may never come. */
function ask(faults: Fault[], asking: Asking = { body: "abcdef" }) {
  const guest = { hits: hitsOf(...faults) };
  const asked = exchangeOf(requestOf("/", asking), { guest });
  let response: Response | undefined;
  const answering = Promise.resolve(answer(asked.exchange))
    .then((given) => response = given);
  const isAnswered = () => response !== undefined;
  const text = async () => await (await inTime(answering, "an answer")).text();
  return { ...asked, answering, isAnswered, text };
}

/** Notes who still waits for the end of a session, or for its drain. */
function watchers(session: HttpSession) {
  const waiting = new Set<() => void>();
  for (const name of ["onEnd", "onDrain"] as const) {
    const register = session[name].bind(session);
    session[name] = (watcher) => {
      waiting.add(watcher);
      const forget = register(watcher);
      return () => {
        waiting.delete(watcher);
        forget();
      };
    };
  }
  return waiting;
}

Deno.test("faults work on the body of an answer, whatever it is made of", async () => {
  const faults: Fault[] = [{ kind: "slicer", size: 4 }];
  const { text, exchange, finished } = ask(faults);
  assertEquals(await text(), "abcdef");
  await turn();
  assertEquals([exchange.bytesOut, finished.length], [6, 1]);
  const described = ask(faults, {});
  assertEquals(JSON.parse(await described.text()).method, "GET");
  const empty = ask(faults, { body: openEmpty() });
  assertEquals(await empty.text(), "");
  await until(() => empty.finished.length === 1);
});

function openEmpty(): ReadableStream<Uint8Array> {
  const { body, writer } = openBody();
  writer.close();
  return body;
}

Deno.test("latency holds back the header of an answer as well", async () => {
  const { isAnswered, answering, session, finished } = ask([
    { kind: "latency", ms: 60_000 },
  ]);
  await until(() => session.isHolding);
  assertEquals([isAnswered(), session.isOwing], [false, true]);
  session.end();
  await inTime(answering, "an answer that nobody gets");
  assertEquals(finished.map(({ status }) => status), [0]);
  const soon = ask([{ kind: "latency", ms: 1 }]);
  assertEquals(await soon.text(), "abcdef");
});

Deno.test("limit_data cuts the wire after its bytes, and tells of it then", async () => {
  const { answering, wire, exchange, finished } = ask([
    { kind: "limit_data", bytes: 4 },
  ]);
  const reader = (await inTime(answering, "an answer")).body!.getReader();
  assertEquals(textOf((await reader.read()).value!), "abcd");
  await until(() => finished.length === 1);
  assertEquals(wire.calls, ["onRequest", "cut", "onFault"]);
  assertEquals([exchange.bytesOut, exchange.bytesIn], [4, 6]);
  await reader.cancel();
});

Deno.test("limit_data resets the wire on HTTP/1.0, where FIN is the end of an answer", async () => {
  const opened = openSession({
    hits: hitsOf({ kind: "limit_data", bytes: 4 }),
  });
  opened.session.look(bytesOf("POST / HTTP/1.0\r\n"));
  const request = requestOf("/", { body: "abcdef" });
  const { exchange, wire, finished } = exchangeOf(request, { opened });
  const reader = (await answer(exchange)).body!.getReader();
  assertEquals(textOf((await reader.read()).value!), "abcd");
  await until(() => finished.length === 1);
  assertEquals(wire.calls, ["onRequest", "reset", "onFault"]);
  await reader.cancel();
});

Deno.test("limit_data of nothing cuts the wire without an answer", async () => {
  const { isAnswered, wire, session } = ask([{ kind: "limit_data", bytes: 0 }]);
  await until(() => wire.calls.includes("onFault"));
  assertEquals(wire.calls, ["onRequest", "cut", "onFault"]);
  assertEquals(isAnswered(), false);
  session.end();
});

Deno.test("reset_peer resets the wire after its bytes, and tells of it first", async () => {
  const { answering, wire, exchange, finished } = ask([
    { kind: "reset_peer", bytes: 4 },
  ]);
  const reader = (await inTime(answering, "an answer")).body!.getReader();
  assertEquals(textOf((await reader.read()).value!), "abcd");
  await until(() => finished.length === 1);
  assertEquals(wire.calls, ["onRequest", "onFault", "reset"]);
  assertEquals(exchange.bytesOut, 4);
  await reader.cancel();
});

Deno.test("reset_peer at once, or after a time, resets without an answer", async () => {
  for (const fault of [{}, { bytes: 0 }, { ms: 1 }]) {
    const { isAnswered, wire, session } = ask([
      { kind: "latency", ms: 60_000 },
      { kind: "reset_peer", ...fault },
    ]);
    await until(() => wire.calls.includes("reset"));
    assertEquals(wire.calls, ["onRequest", "onFault", "reset"]);
    assertEquals(isAnswered(), false);
    session.end();
  }
});

Deno.test("a reset client sees what was answered, and never FIN", async () => {
  const { web, serve } = await startPlane();
  const { conn, echo } = serve({
    hits: hitsOf({ kind: "reset_peer", bytes: 4 }),
  });
  await until(() => web.inners.length === 1);
  const [inner] = web.inners;
  const response = await web.ask(requestOf("/", { body: "abcdef" }));
  const reader = response.body!.getReader();
  inner.send((await reader.read()).value!);
  await conn.called("abort");
  assertEquals([conn.written, conn.calls], ["abcd", ["abort"]]);
  await inTime(echo.finished, "the end of the echo");
  await reader.cancel();
});

Deno.test("mute never answers, and ends with its connection", async () => {
  for (const asking of [{}, { body: "abc" }, { body: openEmpty() }]) {
    const isEmpty = typeof asking.body === "object";
    const { isAnswered, answering, wire, session, finished } = ask(
      [{ kind: "mute" }],
      asking,
    );
    for (let i = 0; i < 10; i++) await turn();
    // Of an empty body there is nothing to keep.
    assertEquals(isAnswered(), isEmpty);
    // A client that leaves is owed nothing, and its FIN is not held back.
    if (!isEmpty) {
      assertEquals([session.isServing, session.isOwing], [true, false]);
    }
    assertEquals(wire.calls, ["onRequest"]);
    session.end();
    await inTime(answering, "the end of the answer");
    await until(() => finished.length === 1);
  }
});

Deno.test("mute that begins later says no more from there on", async () => {
  const { answering, wire, session } = ask([{ kind: "mute", after: 4 }]);
  const reader = (await inTime(answering, "an answer")).body!.getReader();
  assertEquals(textOf((await reader.read()).value!), "abcd");
  let isOver = false;
  const rest = reader.read().then(() => isOver = true, () => isOver = true);
  for (let i = 0; i < 10; i++) await turn();
  // An end would say what is missing; a client that is kept waiting is not told.
  assertEquals([isOver, wire.calls], [false, ["onRequest"]]);
  session.end();
  await reader.cancel();
  await rest;
});

Deno.test("a fault counts the bytes of earlier answers on its connection", async () => {
  const hits = hitsOf({ kind: "limit_data", bytes: 0, after: 10 });
  const { session, wire, exchange } = exchangeOf(
    requestOf("/", { body: "abcdef" }),
    { guest: { hits } },
  );
  assertEquals(await (await answer(exchange)).text(), "abcdef");
  await turn();
  assertEquals(session.bytesAnswered, 6);
  const opened = { session, wire, conn: new FakeConn() };
  const next = exchangeOf(requestOf("/", { body: "ghijkl" }), { opened });
  const reader = (await answer(next.exchange)).body!.getReader();
  assertEquals(textOf((await reader.read()).value!), "ghij");
  await until(() => wire.calls.includes("onFault"));
  assertEquals(wire.calls, ["onRequest", "onRequest", "cut", "onFault"]);
  await reader.cancel();
});

Deno.test("an answer that nobody wants any more ends its upload under faults, too", async () => {
  const { body, writer, send } = openBody();
  const { answering, finished } = ask([{ kind: "slicer", size: 2 }], { body });
  send("ab");
  const closed = writer.closed.catch(() => "told");
  const reader = (await inTime(answering, "an answer")).body!.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(await closed, "told");
  await until(() => finished.length === 1);
});

Deno.test("an answer under faults leaves nothing behind on its connection", async () => {
  const guest = { hits: hitsOf({ kind: "slicer", size: 2 }) };
  const opened = exchangeOf(requestOf("/"), { guest });
  opened.exchange.finish();
  const waiting = watchers(opened.session);
  for (let i = 0; i < 3; i++) {
    const request = requestOf("/", { body: "abc" });
    const { exchange, finished } = exchangeOf(request, { opened });
    assertEquals(await (await answer(exchange)).text(), "abc");
    await until(() => finished.length === 1);
  }
  assertEquals(waiting.size, 0);
});
