import { Recording } from "../src/recording.ts";
import { WaitError } from "../src/wait.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "./assert.ts";
import { bytesOf, fakeConnection, textOf } from "./fake_conn.ts";

function open() {
  const { conn, echo, connection } = fakeConnection({ id: 3 });
  const at = (ms: number) =>
    Math.round(connection.quietMs(connection.openedAt + ms));
  return { conn, echo, connection, at };
}

function openRecorded(limit?: number) {
  const recording = new Recording(limit);
  return { recording, ...fakeConnection({ id: 3 }, recording) };
}

Deno.test("Connection has its number, its socket and no reason to end", () => {
  const before = performance.now();
  const { conn, echo, connection } = open();
  assertEquals(connection.id, 3);
  assert(connection.conn === conn);
  assert(connection.echo === echo);
  assertEquals(connection.peer, conn.remoteAddr);
  assert(connection.openedAt >= before);
  assert(connection.openedAt <= performance.now());
  assertEquals(connection.reason, undefined);
  assertEquals(connection.endedAt, Infinity);
});

Deno.test("Connection tells what it came to, and its age", () => {
  for (const protocol of ["unix", "https"] as const) {
    const { connection } = fakeConnection({ protocol });
    assertEquals(connection.protocol, protocol);
    const age = connection.ageMs;
    assert(age >= 0 && age <= performance.now() - connection.openedAt);
    Object.defineProperty(connection, "openedAt", {
      value: connection.openedAt - 5000,
    });
    assert(connection.ageMs >= age + 5000);
  }
});

Deno.test("Connection counts what its echo counts", () => {
  const { echo, connection } = open();
  echo.bytesIn = 10;
  echo.bytesOut = 9;
  assertEquals([connection.bytesIn, connection.bytesOut], [10, 9]);
});

Deno.test("Connection keeps the first reason and its time", () => {
  const { connection } = open();
  connection.end("idle-timeout");
  const { endedAt } = connection;
  assert(endedAt >= connection.openedAt && endedAt <= performance.now());
  connection.end("eof");
  assertEquals(connection.reason, "idle-timeout");
  assertEquals(connection.endedAt, endedAt);
});

Deno.test("Connection has been quiet since it opened if nothing moved", () => {
  const { at } = open();
  assertEquals(at(100), 100);
  assertEquals(at(250), 250);
});

Deno.test("Connection is not quiet when any counter has moved", () => {
  const { echo, at } = open();
  echo.bytesIn = 1;
  assertEquals(at(100), 0);
  assertEquals(at(130), 30);
  echo.bytesOut = 1;
  assertEquals(at(200), 0);
  assertEquals(at(210), 10);
  echo.bytesDiscarded = 1;
  assertEquals(at(300), 0);
  assertEquals(at(350), 50);
});

Deno.test("close closes the socket and stops the echo", () => {
  const { conn, connection } = open();
  connection.close();
  assertEquals(conn.calls, ["close", "stop"]);
  assertEquals(connection.reason, undefined);
});

Deno.test("abort drops the socket and is a fault unless it has a reason", () => {
  const { conn, connection } = open();
  connection.abort();
  assertEquals(conn.calls, ["abort", "stop"]);
  assertEquals(connection.reason, "fault");
  const shutDown = open().connection;
  shutDown.abort("shutdown");
  assertEquals(shutDown.reason, "shutdown");
  const ended = open().connection;
  ended.end("eof");
  ended.abort();
  assertEquals(ended.reason, "eof");
});

Deno.test("closed settles with the reason once the connection is over", async () => {
  const { connection } = open();
  let isSettled = false;
  connection.closed.then(() => isSettled = true);
  connection.end("eof");
  await Promise.resolve();
  assertEquals(isSettled, false);
  connection.settle();
  assertEquals(await connection.closed, "eof");
  assertEquals(isSettled, true);
});

Deno.test("received and text give what was recorded, as copies", () => {
  const { recording, connection } = openRecorded();
  recording.add(bytesOf("grüß"));
  assertEquals(connection.text(), "grüß");
  connection.received.fill(0);
  assertEquals(textOf(connection.received), "grüß");
});

Deno.test("a connection that is not recorded says how to record it", async () => {
  const { connection } = open();
  const hint = "start the server with record: true";
  assertThrows(() => connection.received, TypeError, hint);
  assertThrows(() => connection.text(), TypeError, hint);
  await assertRejects(() => connection.waitForBytes(1), TypeError, hint);
});

Deno.test("waitForBytes says at once what it cannot wait for", async () => {
  const { connection } = openRecorded();
  for (const what of ["xyz", undefined, null, {}]) {
    await assertRejects(
      // As programs call it whose types nobody checks.
      () => connection.waitForBytes(what as number),
      TypeError,
      `Cannot wait for ${JSON.stringify(what)}: expected a number of bytes`,
    );
  }
});

Deno.test("waitForBytes waits for a number of bytes", async () => {
  const { recording, connection } = openRecorded();
  let isSettled = false;
  const waiting = connection.waitForBytes(4);
  waiting.then(() => isSettled = true);
  recording.add(bytesOf("abc"));
  await Promise.resolve();
  assertEquals(isSettled, false);
  recording.add(bytesOf("de"));
  assertEquals(textOf(await waiting), "abcde");
});

Deno.test("waitForBytes finds bytes and text across chunks", async () => {
  for (const what of [bytesOf("cd"), /c(?=d)/, /C./i]) {
    const { recording, connection } = openRecorded();
    const waiting = connection.waitForBytes(what);
    recording.add(bytesOf("abc"));
    recording.add(bytesOf("d"));
    assertEquals(textOf(await waiting), "abcd");
  }
});

Deno.test("waitForBytes finds what is there already, even with a sticky pattern", async () => {
  const { recording, connection } = openRecorded();
  recording.add(bytesOf("xxab"));
  for (const what of [/ab/y, /ab/g, /ab/g, bytesOf("ab"), bytesOf(""), 0]) {
    assertEquals(textOf(await connection.waitForBytes(what)), "xxab");
  }
});

Deno.test("waitForBytes says what was received instead", async () => {
  const { recording, connection } = openRecorded();
  recording.add(bytesOf("abc"));
  await assertRejects(
    () => connection.waitForBytes(/xyz/, { timeoutMs: 1 }),
    WaitError,
    "Waited 1 ms for /xyz/ on connection 3 from 192.0.2.1:50000, which is " +
      'open and has received 3 bytes "abc"',
  );
  await assertRejects(
    () => connection.waitForBytes(bytesOf("abce"), { timeoutMs: 1 }),
    WaitError,
    'Waited 1 ms for 4 bytes "abce" on connection 3',
  );
});

Deno.test("waitForBytes gives up as soon as the limit leaves something out", async () => {
  const { recording, connection } = openRecorded(3);
  recording.add(bytesOf("abc"));
  const expected = "Waited for 4 bytes on connection 3 from " +
    '192.0.2.1:50000, which is open and has received 3 bytes "abc", and 2 ' +
    "more that the limit left out";
  const waiting = connection.waitForBytes(4, { timeoutMs: 60_000 });
  recording.add(bytesOf("de"));
  await assertRejects(() => waiting, WaitError, expected);
  assertEquals(textOf(await connection.waitForBytes(3)), "abc");
});

Deno.test("waitForBytes finds bytes that came in pieces, wherever they were cut", async () => {
  const text = "ababababcab";
  for (let at = 0; at <= text.length; at++) {
    const { recording, connection } = openRecorded();
    const waiting = connection.waitForBytes(bytesOf("ababc"));
    recording.add(bytesOf(text.slice(0, at)));
    for (const byte of text.slice(at)) recording.add(bytesOf(byte));
    assertEquals(textOf(await waiting), text);
  }
});

Deno.test("waitForBytes gives up as soon as the connection is over", async () => {
  const { recording, connection } = openRecorded();
  recording.add(bytesOf("ab"));
  const waiting = connection.waitForBytes(3, { timeoutMs: 60_000 });
  connection.end("reset");
  connection.settle();
  const expected = "Waited for 3 bytes on connection 3 from " +
    '192.0.2.1:50000, which is over (reset) and has received 2 bytes "ab"';
  await assertRejects(() => waiting, WaitError, expected);
  const late = () => connection.waitForBytes(3);
  await assertRejects(late, WaitError, expected);
  assertEquals(textOf(await connection.waitForBytes(2)), "ab");
});
