import { Connection } from "../src/connection.ts";
import { assert, assertEquals } from "./assert.ts";
import { FakeConn } from "./fake_conn.ts";

function open() {
  const conn = new FakeConn();
  const connection = new Connection(3, conn);
  const at = (ms: number) =>
    Math.round(connection.quietMs(connection.openedAt + ms));
  return { conn, connection, at };
}

Deno.test("Connection has its number, its socket and no reason to end", () => {
  const before = performance.now();
  const { conn, connection } = open();
  assertEquals(connection.id, 3);
  assert(connection.conn === conn);
  assert(connection.openedAt >= before);
  assert(connection.openedAt <= performance.now());
  assertEquals(connection.reason, undefined);
  assertEquals(connection.endedAt, Infinity);
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

Deno.test("Connection is writing while received bytes are not written", () => {
  const { conn, connection } = open();
  assertEquals(connection.isWriting, false);
  conn.bytesIn = 10;
  assertEquals(connection.isWriting, true);
  conn.bytesOut = 9;
  assertEquals(connection.isWriting, true);
  conn.bytesOut = 10;
  assertEquals(connection.isWriting, false);
  conn.bytesDiscarded = 5;
  assertEquals(connection.isWriting, false);
});

Deno.test("Connection has been quiet since it opened if nothing moved", () => {
  const { at } = open();
  assertEquals(at(100), 100);
  assertEquals(at(250), 250);
});

Deno.test("Connection is not quiet when any counter has moved", () => {
  const { conn, at } = open();
  conn.bytesIn = 1;
  assertEquals(at(100), 0);
  assertEquals(at(130), 30);
  conn.bytesOut = 1;
  assertEquals(at(200), 0);
  assertEquals(at(210), 10);
  conn.bytesDiscarded = 1;
  assertEquals(at(300), 0);
  assertEquals(at(350), 50);
});
