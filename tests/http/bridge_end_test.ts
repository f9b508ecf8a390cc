import type { Serving } from "../../src/http/session.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { inTime, turn } from "../fake_conn.ts";
import { openBridge, until } from "./fake_web.ts";

const HEADER = "GET / HTTP/1.1\r\n\r\n";

const OWED: Serving = { isOwed: true, isHeld: false };

/** A bridge over which a request has come, which is served. */
async function openServing(
  options?: Parameters<typeof openBridge>[0],
  state: Serving = OWED,
) {
  const opened = openBridge(options);
  const { conn, inner, session } = opened;
  inner.endsOnFin = true;
  conn.send(HEADER);
  await inner.until(() => inner.written === HEADER);
  const leave = session.serve(state);
  return { ...opened, leave };
}

Deno.test("a drain lets an idle connection end at once", async () => {
  const { conn, inner, bridge, session, reasons, finish } = openBridge();
  inner.endsOnFin = true;
  await conn.until(() => conn.buffers.length === 1);
  bridge.drain();
  bridge.drain();
  await conn.called("closeWrite");
  assertEquals([session.isDraining, inner.calls], [true, ["closeWrite"]]);
  // Whoever began the drain has named its reason before.
  assertEquals(reasons, ["eof"]);
  conn.sendFin();
  await finish();
  assertEquals(reasons, ["eof"]);
});

Deno.test("a drain waits for the request that is being served", async () => {
  const { conn, inner, bridge, leave, finish } = await openServing();
  bridge.drain();
  for (let i = 0; i < 5; i++) await turn();
  assertEquals(inner.calls, []);
  inner.send("answer");
  await conn.until(() => conn.written === "answer");
  leave();
  await conn.called("closeWrite");
  conn.send("late");
  conn.sendFin();
  await finish();
  assertEquals([bridge.bytesDiscarded, inner.written], [4, HEADER]);
});

Deno.test("a drain waits for a request whose header has begun", async () => {
  const { conn, inner, bridge, session, close } = openBridge();
  conn.send("GET / ");
  await until(() => bridge.requestSince !== undefined);
  bridge.drain();
  conn.send("HTTP/1.1\r\n\r\n");
  await until(() => bridge.bytesIn === 18);
  const leave = session.serve(OWED);
  for (let i = 0; i < 5; i++) await turn();
  assertEquals(inner.calls, []);
  leave();
  await inner.called("closeWrite");
  await close();
});

Deno.test("a drain does not wait for a header that never ends", async () => {
  const { conn, inner, bridge, finish, reasons } = openBridge();
  inner.endsOnFin = true;
  conn.send("GET / ");
  await until(() => bridge.requestSince !== undefined);
  bridge.drain();
  await conn.called("closeWrite");
  // Whoever began the drain has named its reason before.
  assertEquals(reasons, ["eof"]);
  conn.sendFin();
  await finish();
  assertEquals(reasons, ["eof"]);
});

Deno.test("a connection that ends with an answer is ended by this side, and says so", async () => {
  const { conn, bridge, leave, reasons, close } = await openServing();
  leave();
  // As an exchange does that closes its connection.
  bridge.drain();
  await conn.called("closeWrite");
  await turn();
  // A client that stays would otherwise stay until it is idle for too long.
  assertEquals(reasons, ["eof"]);
  await close();
});

Deno.test("Bridge gives no more than its number of bytes to the server", async () => {
  const { conn, inner, bridge, counters, close } = openBridge({ maxBytes: 5 });
  conn.send("abcdefg");
  await inner.called("closeWrite");
  assertEquals(inner.written, "abcde");
  conn.send("hij");
  await until(() => bridge.bytesDiscarded === 5);
  assertEquals(counters(), [5, 0]);
  await close();
});

Deno.test("the last request within the number of bytes is answered", async () => {
  const { conn, inner, reasons, leave, finish } = await openServing({
    maxBytes: HEADER.length,
  });
  for (let i = 0; i < 5; i++) await turn();
  // FIN would be taken for a client that has left.
  assertEquals(inner.calls, []);
  inner.send("answer");
  await conn.until(() => conn.written === "answer");
  leave();
  await conn.called("closeWrite");
  await turn();
  assertEquals(reasons, ["max-bytes"]);
  conn.sendFin();
  await finish();
});

Deno.test("flushed waits until nothing comes from the server any more", async () => {
  const { conn, inner, bridge, close } = openBridge();
  const release = conn.holdWrites();
  inner.send("answer");
  await until(() => bridge.isBlocked);
  let isFlushed = false;
  const flushed = bridge.flushed().then(() => {
    isFlushed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  assertEquals(isFlushed, false);
  release();
  await inTime(flushed, "flushed");
  assertEquals(conn.written, "answer");
  await close();
  await inTime(bridge.flushed(), "flushed after the end");
});

Deno.test("a cut ends the stream after what was sent, and lets nothing more pass", async () => {
  const { conn, inner, bridge, finish } = await openServing();
  inner.send("half");
  await inTime(bridge.cut(), "the cut");
  assertEquals([conn.written, conn.calls], ["half", ["closeWrite"]]);
  assertEquals(inner.closed, true);
  conn.sendFin();
  await finish();
});

Deno.test("a reset sends what there is, and never FIN", async () => {
  const { conn, inner, bridge, leave, finish } = await openServing();
  inner.send("half");
  const resetting = bridge.reset();
  bridge.onFault();
  leave();
  bridge.drain();
  await inTime(resetting, "the reset");
  await finish();
  assertEquals([conn.written, conn.calls], ["half", ["abort"]]);
});

Deno.test("an abort drops both ends at once", async () => {
  const { conn, inner, bridge, session, finish } = await openServing();
  bridge.abort();
  assertEquals([conn.calls, inner.calls], [["abort"], ["abort"]]);
  assertEquals(session.isOver, true);
  await finish();
});

Deno.test("a request that fails ends its connection, with its error", async () => {
  const { conn, inner, bridge, reasons, finish } = await openServing();
  inner.send("half");
  bridge.fail(new Error("too long"));
  assertEquals(reasons, ["error"]);
  await conn.called("closeWrite");
  conn.sendFin();
  await assertRejects(finish, Error, "too long");
  assertEquals(conn.written, "half");
});

Deno.test("a client that is refused is sent what was answered, and nothing more is taken", async () => {
  const { conn, inner, bridge, reasons, finish } = await openServing();
  inner.send("refusal");
  bridge.refuse();
  conn.send("more");
  await conn.called("closeWrite");
  conn.sendFin();
  await finish();
  assertEquals([conn.written, inner.written], ["refusal", HEADER]);
  // The runtime's server ends it as well; the first reason counts.
  assertEquals([reasons[0], bridge.bytesDiscarded], ["eof", 4]);
});

Deno.test("the error that ends a connection is told though its client resets then", async () => {
  const { conn, bridge, finish } = await openServing();
  bridge.fail(new Error("too long"));
  conn.fail(new Error("reset by peer"));
  await assertRejects(finish, Error, "too long");
});

Deno.test("a client that has gone when its stream is cut is no failure of the server", async () => {
  const { conn, bridge, close } = await openServing();
  // Nothing is read, so that no read tells of it.
  bridge.pause({}, true);
  conn.send("x");
  await turn();
  conn.closeWrite = () => Promise.reject(new Error("reset by peer"));
  const unhandled: string[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(`${event.reason}`);
  };
  globalThis.addEventListener("unhandledrejection", note);
  bridge.fail(new Error("too long"));
  await inTime(bridge.flushed(), "flushed");
  await turn();
  await close().catch(() => {});
  globalThis.removeEventListener("unhandledrejection", note);
  // It would end the program on Deno.
  assertEquals(unhandled, []);
});

Deno.test("faults are told of, and a request that is held makes the bridge pend", async () => {
  const state = { isOwed: true, isHeld: true };
  const { bridge, reasons, close } = await openServing({}, state);
  assertEquals([bridge.isPending, bridge.isBlocked], [true, false]);
  state.isHeld = false;
  assertEquals(bridge.isPending, false);
  bridge.onFault();
  assertEquals(reasons, ["fault"]);
  await close();
});

Deno.test("what happens after the end of a connection is told to nobody", async () => {
  for (const late of ["fail", "onFault", "drain"] as const) {
    const { conn, bridge, reasons, close } = openBridge();
    conn.send("GET / ");
    await until(() => bridge.requestSince !== undefined);
    await close();
    if (late === "fail") bridge.fail(new Error("the body broke off"));
    else bridge[late]();
    await turn();
    // It would start a timer of the watchdog, which has stopped.
    assertEquals(reasons, [], late);
  }
});
