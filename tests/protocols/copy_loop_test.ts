import { CopyLoop } from "../../src/protocols/copy_loop.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { FakeConn, FakeMeter, inTime, turn } from "../fake_conn.ts";

function start(maxBytes = Infinity) {
  const conn = new FakeConn();
  const meter = new FakeMeter();
  const echo = new CopyLoop(conn, maxBytes, meter);
  const finish = () => inTime(echo.finished, "the end of the echo");
  const counters = () => [echo.bytesIn, echo.bytesOut, echo.bytesDiscarded];
  return { conn, echo, meter, finish, counters };
}

Deno.test("CopyLoop echoes until the peer's FIN, then sends its own", async () => {
  const { conn, finish, counters } = start();
  conn.send("hello, ");
  await conn.until(() => conn.written === "hello, ");
  assertEquals(conn.calls, []);
  conn.send("world");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "hello, world");
  assertEquals(counters(), [12, 12, 0]);
  assertEquals(conn.calls, ["closeWrite"]);
});

Deno.test("CopyLoop goes on after a short write, where it stopped", async () => {
  const { conn, finish, counters } = start();
  conn.mostPerWrite = 2;
  conn.send("abcde");
  conn.sendFin();
  await finish();
  assertEquals(conn.writes.map(({ length }) => length), [2, 2, 1]);
  assertEquals(conn.written, "abcde");
  assertEquals(counters(), [5, 5, 0]);
});

Deno.test("CopyLoop is blocked while a write waits, and reads nothing", async () => {
  const { conn, echo, finish } = start();
  assertEquals([echo.isPending, echo.isBlocked], [false, false]);
  const release = conn.holdWrites();
  conn.send("abc");
  conn.send("def");
  await conn.until(() => echo.isBlocked);
  await turn();
  assertEquals(echo.isPending, true);
  assertEquals(conn.buffers.length, 1);
  assertEquals(echo.bytesIn, 3);
  release();
  await conn.until(() => conn.written === "abcdef");
  conn.sendFin();
  await finish();
  assertEquals([echo.isPending, echo.isBlocked], [false, false]);
});

Deno.test("CopyLoop takes larger buffers for bulk, and smaller ones after it", async () => {
  const { conn, finish } = start();
  const bulk = new Uint8Array(1024 * 1024).map((_, at) => at * 7 + at / 251);
  conn.send(bulk);
  await conn.until(() => conn.writes.length === 9);
  const KIB = 1024;
  assertEquals(
    conn.buffers.slice(0, 7),
    [KIB / 2, 2 * KIB, 8 * KIB, 32 * KIB, 128 * KIB, 256 * KIB, 256 * KIB],
  );
  assertEquals(Math.max(...conn.buffers), 256 * KIB);
  const echoed = new Uint8Array(bulk.length);
  let at = 0;
  for (const part of conn.writes) {
    echoed.set(part, at);
    at += part.length;
  }
  assertEquals(at, bulk.length);
  assert(echoed.every((byte, i) => byte === bulk[i]));
  for (let sent = 1; sent <= 8; sent++) {
    conn.send("x");
    await conn.until(() => conn.buffers.length === 10 + sent);
  }
  assertEquals(conn.buffers.slice(-2), [256 * KIB, KIB / 2]);
  conn.sendFin();
  await finish();
});

Deno.test("drain sends FIN while a read waits, and throws away what follows", async () => {
  const { conn, echo, finish, counters } = start();
  conn.send("abc");
  await conn.until(() => conn.written === "abc");
  echo.drain();
  echo.drain();
  await conn.called("closeWrite");
  conn.send("late");
  conn.send("later");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "abc");
  assertEquals(counters(), [3, 3, 9]);
  assertEquals(conn.calls, ["closeWrite"]);
});

Deno.test("drain echoes what has just been received", async () => {
  const { conn, echo, finish } = start();
  await conn.until(() => conn.buffers.length === 1);
  conn.send("abc");
  echo.drain();
  await conn.called("closeWrite");
  assertEquals(conn.written, "abc");
  conn.sendFin();
  await finish();
});

Deno.test("drain sends FIN after a write that waits", async () => {
  const { conn, echo, finish } = start();
  const release = conn.holdWrites();
  conn.send("abc");
  await conn.until(() => echo.isBlocked);
  echo.drain();
  await turn();
  assertEquals(conn.calls, []);
  release();
  await conn.called("closeWrite");
  assertEquals(conn.written, "abc");
  conn.sendFin();
  await finish();
  assertEquals(conn.calls, ["closeWrite"]);
});

Deno.test("CopyLoop sends FIN after so many bytes, at the end of a chunk", async () => {
  const { conn, finish, counters } = start(4);
  conn.send("ab");
  await conn.until(() => conn.written === "ab");
  assertEquals(conn.calls, []);
  conn.send("cd");
  await conn.called("closeWrite");
  assertEquals(counters(), [4, 4, 0]);
  conn.send("ef");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "abcd");
  assertEquals(counters(), [4, 4, 2]);
  assertEquals(conn.calls, ["closeWrite"]);
});

Deno.test("CopyLoop sends FIN after so many bytes, in the midst of a chunk", async () => {
  const { conn, finish, counters } = start(4);
  conn.send("ab");
  conn.send("cdefg");
  await conn.called("closeWrite");
  assertEquals(conn.written, "abcd");
  assertEquals(counters(), [4, 4, 3]);
  conn.sendFin();
  await finish();
  assertEquals(conn.calls, ["closeWrite"]);
});

Deno.test("CopyLoop takes its own close for no error", async () => {
  const reading = start();
  await reading.conn.until(() => reading.conn.buffers.length === 1);
  reading.conn.close();
  await reading.finish();
  assertEquals(reading.conn.calls, ["close"]);

  const writing = start();
  const release = writing.conn.holdWrites();
  writing.conn.send("abc");
  await writing.conn.until(() => writing.echo.isBlocked);
  writing.conn.writeError = new Error("closed");
  writing.conn.abort();
  release();
  await writing.finish();
  assertEquals(writing.conn.calls, ["abort"]);
});

Deno.test("CopyLoop sends no FIN on a connection that was closed meanwhile", async () => {
  const reading = start();
  reading.echo.drain();
  reading.conn.close();
  await reading.finish();
  await turn();
  assertEquals(reading.conn.calls, ["close"]);

  const writing = start();
  const release = writing.conn.holdWrites();
  writing.conn.send("abc");
  await writing.conn.until(() => writing.echo.isBlocked);
  writing.echo.drain();
  writing.conn.abort();
  release();
  await writing.finish();
  assertEquals(writing.conn.calls, ["abort"]);
});

Deno.test("CopyLoop rejects with the error of a read or a write", async () => {
  class Failure extends Error {}
  const reading = start();
  reading.conn.fail(new Failure("read failed"));
  await assertRejects(reading.finish, Failure, "read failed");
  const writing = start();
  writing.conn.writeError = new Failure("write failed");
  writing.conn.send("abc");
  await assertRejects(writing.finish, Failure, "write failed");
  assertEquals(writing.counters(), [3, 0, 0]);
});

Deno.test("CopyLoop measures the first echo and one in 64, to the end of the write", async () => {
  const { conn, meter, finish } = start();
  const release = conn.holdWrites();
  conn.send("a");
  await conn.until(() => conn.buffers.length === 1);
  await turn();
  assertEquals(meter.times, []);
  release();
  for (let sent = 1; sent <= 129; sent++) {
    await conn.until(() => conn.written.length === sent);
    assertEquals(meter.times.length, Math.ceil(sent / 64), `${sent}`);
    conn.send("a");
  }
  conn.sendFin();
  await finish();
  assertEquals(meter.times.length, 3);
});

Deno.test("CopyLoop measures how long a peer takes to make room", async () => {
  const { conn, meter, finish } = start();
  const release = conn.holdWrites();
  conn.send("a");
  await conn.until(() => conn.buffers.length === 1);
  setTimeout(release, 30);
  await conn.until(() => conn.written === "a");
  conn.sendFin();
  await finish();
  // A timer may fire up to a millisecond early.
  assertEquals(meter.times.map((ms) => ms >= 28), [true]);
});
