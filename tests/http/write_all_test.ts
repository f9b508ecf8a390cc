import { writeAll } from "../../src/http/write_all.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { bytesOf, FakeConn, textOf } from "../fake_conn.ts";

Deno.test("writeAll writes all, and tells of each part that was taken", async () => {
  const conn = new FakeConn();
  conn.mostPerWrite = 3;
  const written: number[] = [];
  await writeAll(conn, bytesOf("abcdefgh"), (bytes) => written.push(bytes));
  assertEquals(conn.writes.map(textOf), ["abc", "def", "gh"]);
  assertEquals(written, [3, 3, 2]);
});

Deno.test("writeAll writes nothing where there is nothing", async () => {
  const conn = new FakeConn();
  await writeAll(conn, bytesOf(""));
  assertEquals(conn.writes, []);
});

Deno.test("writeAll has told what was taken when it fails", async () => {
  const conn = new FakeConn();
  conn.mostPerWrite = 2;
  let sent = 0;
  const writing = writeAll(conn, bytesOf("abcd"), (bytes) => {
    sent += bytes;
    conn.writeError = new Error("gone");
  });
  await assertRejects(() => writing, Error, "gone");
  assertEquals(sent, 2);
});
