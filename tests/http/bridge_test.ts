import type { Serving } from "../../src/http/session.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { turn } from "../fake_conn.ts";
import { FakeInner, openBridge, until } from "./fake_web.ts";

const HEADER = "GET / HTTP/1.1\r\n\r\n";

const serving = (isOwed = false): Serving => ({ isOwed, isHeld: false });

Deno.test("Bridge carries bytes both ways, whole and counted", async () => {
  const { conn, inner, bridge, session, received, finish, counters } =
    openBridge();
  conn.mostPerWrite = 3;
  inner.mostPerWrite = 2;
  for (const part of ["GET ", "/ HTTP"]) conn.send(part);
  await inner.until(() => inner.written === "GET / HTTP");
  session.serve(serving())();
  for (const part of ["answer", "!"]) inner.send(part);
  await conn.until(() => conn.written === "answer!");
  assertEquals(received, ["GET ", "/ HTTP"]);
  assertEquals(counters(), [10, 7]);
  assertEquals([bridge.isPending, bridge.isBlocked], [false, false]);
  conn.sendFin();
  await inner.called("closeWrite");
  inner.sendFin();
  await finish();
  assertEquals(conn.calls, ["closeWrite"]);
  assertEquals(bridge.bytesDiscarded, 0);
});

Deno.test("Bridge reads in larger pieces while there is much, both ways", async () => {
  const { conn, inner, close } = openBridge();
  const much = new Uint8Array(1024 * 1024);
  conn.send(much);
  inner.send(much);
  await until(() => inner.written.length + conn.written.length === 2 ** 21);
  for (const { buffers } of [conn, inner]) {
    assertEquals(buffers[0], 1024);
    assertEquals(Math.max(...buffers), 64 * 1024);
    assert(buffers.length < 40, `${buffers.length}`);
  }
  await close();
});

Deno.test("Bridge reads nothing from a client while a write to it is blocked", async () => {
  const { conn, inner, bridge, close } = openBridge();
  const release = conn.holdWrites();
  await conn.until(() => conn.buffers.length === 1);
  inner.send("answer");
  await until(() => bridge.isBlocked);
  assertEquals(bridge.isPending, true);
  // One read had begun before the write.
  for (const part of ["a", "b", "c"]) conn.send(part);
  for (let i = 0; i < 5; i++) await turn();
  assertEquals([conn.buffers.length, inner.written], [1, "a"]);
  release();
  await inner.until(() => inner.written === "abc");
  assertEquals([bridge.isPending, bridge.isBlocked], [false, false]);
  await close();
});

Deno.test("Bridge reads nothing while anybody has paused it", async () => {
  const { conn, inner, bridge, close } = openBridge();
  await conn.until(() => conn.buffers.length === 1);
  const [one, other] = [{}, {}];
  for (const who of [one, one, other]) bridge.pause(who, true);
  for (const part of ["a", "b"]) conn.send(part);
  for (let i = 0; i < 5; i++) await turn();
  assertEquals(inner.written, "a");
  for (const who of [one, {}]) bridge.pause(who, false);
  for (let i = 0; i < 5; i++) await turn();
  assertEquals(inner.written, "a");
  bridge.pause(other, false);
  await inner.until(() => inner.written === "ab");
  await close();
});

Deno.test("Bridge holds the client's FIN back while an answer is owed", async () => {
  const { conn, inner, session, finish } = openBridge();
  conn.send(HEADER);
  await inner.until(() => inner.written === HEADER);
  const leave = session.serve(serving(true));
  conn.sendFin();
  await conn.until(() => conn.buffers.length === 2);
  // Far longer than it takes where nothing is owed.
  inner.send("half ");
  await conn.until(() => conn.written === "half ");
  await new Promise((resolve) => setTimeout(resolve, 150));
  assertEquals(inner.calls, []);
  inner.send("whole");
  leave();
  await inner.called("closeWrite");
  assertEquals(conn.written, "half whole");
  inner.sendFin();
  await finish();
});

Deno.test("Bridge gives an idle client's FIN on, and its own after the server's", async () => {
  const { conn, inner, reasons, finish } = openBridge();
  conn.sendFin();
  await inner.called("closeWrite");
  assertEquals(conn.calls, []);
  inner.sendFin();
  await finish();
  assertEquals([conn.calls, reasons], [["closeWrite"], []]);
});

Deno.test("Bridge tells that the server has ended a connection after its answer", async () => {
  const { conn, inner, session, reasons, finish } = openBridge();
  conn.send(HEADER);
  await inner.until(() => inner.written === HEADER);
  session.serve(serving())();
  inner.send("answer");
  inner.sendFin();
  await conn.called("closeWrite");
  await turn();
  assertEquals([conn.written, reasons], ["answer", ["eof"]]);
  conn.send("late");
  conn.sendFin();
  await finish();
  assertEquals(inner.written, HEADER);
});

Deno.test("Bridge ends in error where the server ends what is no request", async () => {
  const { conn, inner, bridge, reasons, finish } = openBridge();
  assertEquals(bridge.requestSince, undefined);
  conn.send("no request\r\n\r\n");
  await until(() => bridge.requestSince !== undefined);
  inner.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  inner.sendFin();
  await conn.called("closeWrite");
  await turn();
  assertEquals(reasons, ["error"]);
  conn.sendFin();
  const message = "what came is no HTTP request that the runtime takes";
  await assertRejects(finish, Error, message);
});

Deno.test("Bridge drops a client whose words the server breaks off at", async () => {
  const { conn, inner, bridge, reasons, finish } = openBridge();
  conn.send("no request\r\n\r\n");
  await until(() => bridge.requestSince !== undefined);
  inner.fail(new Error("gone"));
  const message = "what came is no HTTP request that the runtime takes";
  await assertRejects(finish, Error, message);
  assertEquals([conn.calls, reasons], [["abort"], ["error"]]);
});

Deno.test("Bridge drops a client whose answer has broken off", async () => {
  const { conn, inner, session, reasons, finish } = openBridge();
  conn.send(HEADER);
  await inner.until(() => inner.written === HEADER);
  session.serve(serving());
  inner.send("half");
  await conn.until(() => conn.written === "half");
  inner.fail(new Error("gone"));
  await assertRejects(finish, Error, "the answer broke off: gone");
  assertEquals([conn.calls, reasons], [["abort"], ["error"]]);
});

Deno.test("Bridge knows since when a header has been coming, until it has come", async () => {
  const { conn, bridge, session, close } = openBridge();
  conn.send("GET ");
  await until(() => bridge.requestSince !== undefined);
  const since = bridge.requestSince;
  conn.send("/ HTTP/1.1\r\n");
  await until(() => bridge.bytesIn === 16);
  assertEquals(bridge.requestSince, since);
  const leave = session.serve(serving());
  assertEquals(bridge.requestSince, undefined);
  conn.send("body");
  await until(() => bridge.bytesIn === 20);
  assertEquals(bridge.requestSince, undefined);
  leave();
  conn.send("next");
  await until(() => bridge.requestSince !== undefined);
  await close();
});

Deno.test("Bridge rejects when the client resets, and when it cannot be written to", async () => {
  class Reset extends Error {}
  const reading = openBridge();
  reading.conn.fail(new Reset("read failed"));
  await assertRejects(reading.finish, Reset, "read failed");
  assertEquals(reading.inner.calls, ["abort"]);
  assertEquals(reading.session.isOver, true);
  const writing = openBridge();
  writing.conn.writeError = new Reset("write failed");
  writing.inner.send("answer");
  await assertRejects(writing.finish, Reset, "write failed");
  assertEquals(writing.inner.calls, ["abort"]);
});

Deno.test("Bridge takes its own close for no error", async () => {
  const { conn, inner, bridge, session, close, reasons } = openBridge();
  conn.send("GET ");
  await inner.until(() => inner.written === "GET ");
  await close();
  bridge.stop();
  assertEquals(inner.calls, ["abort"]);
  assertEquals([session.isOver, reasons], [true, []]);
});

Deno.test("Bridge rejects where the runtime's server cannot be reached", async () => {
  class Refused extends Error {}
  const { conn, session, finish } = openBridge({
    open: () => Promise.reject(new Refused("no files")),
  });
  await assertRejects(finish, Refused, "no files");
  assertEquals([conn.calls, session.isOver], [[], true]);
});

Deno.test("Bridge leaves no connection behind that opens after its end", async () => {
  const opening = Promise.withResolvers<FakeInner>();
  const { conn, bridge, finish } = openBridge({ open: () => opening.promise });
  conn.close();
  bridge.stop();
  const inner = new FakeInner();
  opening.resolve(inner);
  await finish();
  assertEquals(inner.closed, true);
});

Deno.test("Bridge discards what the runtime's server takes no more", async () => {
  const { conn, inner, bridge, close } = openBridge();
  inner.writeError = new Error("gone");
  conn.send("abc");
  await until(() => bridge.bytesIn === 3);
  conn.send("defg");
  await until(() => bridge.bytesDiscarded === 4);
  assertEquals(bridge.bytesIn, 3);
  await close();
});

Deno.test("Bridge reads the version from the stream that it carries", async () => {
  const { conn, session, close } = openBridge();
  conn.send("GET / HT");
  conn.send("TP/1.0\r\n");
  await until(() => session.version === "HTTP/1.0");
  await close();
});
