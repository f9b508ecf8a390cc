import { Connection } from "../../src/connection.ts";
import { echoStream } from "../../src/protocols/stream.ts";
import { assert, assertEquals } from "../assert.ts";
import { FakeConn } from "../fake_conn.ts";

interface Ending {
  readonly bytes?: number;
  readonly maxBytes?: number;
  readonly error?: unknown;
}

async function echoUntil({ bytes = 0, maxBytes = 0, error }: Ending) {
  const conn = new FakeConn();
  const connection = new Connection(1, conn);
  const ended = echoStream(connection, maxBytes);
  assertEquals(conn.calls, ["echo"]);
  assertEquals(connection.reason, undefined);
  conn.bytesIn = conn.bytesOut = bytes;
  if (error === undefined) conn.echoing.resolve();
  else conn.echoing.reject(error);
  const failure = await ended;
  assertEquals(conn.calls, ["echo", "close"]);
  return { conn, failure, reason: connection.reason };
}

function failed(code?: string): Error {
  return Object.assign(new Error("failed"), { code });
}

Deno.test("echoStream ends with eof when the peer ends its stream", async () => {
  const { conn, failure, reason } = await echoUntil({ bytes: 10 });
  assertEquals(reason, "eof");
  assertEquals(failure, undefined);
  assertEquals(conn.maxBytes, Infinity);
});

Deno.test("echoStream ends with reset when the peer drops the connection", async () => {
  for (const code of ["ECONNRESET", "EPIPE", "ECONNABORTED"]) {
    const { failure, reason } = await echoUntil({ error: failed(code) });
    assertEquals(reason, "reset", code);
    assertEquals(failure, undefined, code);
  }
});

Deno.test("echoStream gives back any other error", async () => {
  for (const error of [failed("ETIMEDOUT"), failed(), "a string"]) {
    const { failure, reason } = await echoUntil({ error });
    assertEquals(reason, "error");
    assert(failure === error);
  }
});

Deno.test("echoStream ends with max-bytes once that many are echoed", async () => {
  const { conn, reason } = await echoUntil({ bytes: 100, maxBytes: 100 });
  assertEquals(conn.maxBytes, 100);
  assertEquals(reason, "max-bytes");
});

Deno.test("echoStream ends with eof below max-bytes", async () => {
  const { reason } = await echoUntil({ bytes: 99, maxBytes: 100 });
  assertEquals(reason, "eof");
});

Deno.test("echoStream keeps a reason of the server's, and no error with it", async () => {
  for (const error of [undefined, failed("ECONNRESET"), failed("EIO")]) {
    const conn = new FakeConn();
    const connection = new Connection(1, conn);
    const ended = echoStream(connection, 0);
    connection.end("shutdown");
    if (error) conn.echoing.reject(error);
    else conn.echoing.resolve();
    assertEquals(await ended, undefined);
    assertEquals(connection.reason, "shutdown");
    assertEquals(conn.calls, ["echo", "close"]);
  }
});
