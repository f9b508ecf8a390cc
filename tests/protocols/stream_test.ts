import type { Hit } from "../../src/faults/plan.ts";
import type { Meter } from "../../src/net.ts";
import { CopyLoop } from "../../src/protocols/copy_loop.ts";
import { Connection } from "../../src/connection.ts";
import { StagedEcho } from "../../src/protocols/staged_echo.ts";
import {
  failedEcho,
  finishEcho,
  startEcho,
} from "../../src/protocols/stream.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import {
  FakeConn,
  fakeConnection,
  FakeEcho,
  FakeMeter,
  GUEST,
  inTime,
} from "../fake_conn.ts";

interface Ending {
  readonly bytes?: number;
  readonly maxBytes?: number;
  readonly error?: unknown;
}

function finish(connection: Connection, maxBytes: number): Promise<unknown> {
  return new Promise((resolve) => finishEcho(connection, maxBytes, resolve));
}

async function finishWith({ bytes = 0, maxBytes = Infinity, error }: Ending) {
  const { conn, echo, connection } = fakeConnection();
  const ended = finish(connection, maxBytes);
  assertEquals(conn.calls, []);
  assertEquals(connection.reason, undefined);
  echo.bytesIn = echo.bytesOut = bytes;
  if (error === undefined) echo.finishing.resolve();
  else echo.finishing.reject(error);
  const failure = await inTime(ended, "the end of the echo");
  assertEquals(conn.calls, ["close", "stop"]);
  return { failure, reason: connection.reason };
}

function failed(code?: string): Error {
  return Object.assign(new Error("failed"), { code });
}

const NOTHING: Hit = {
  fault: { kind: "mute" },
  after: { bytes: 0 },
  start: () => ({}),
};

const meter = new FakeMeter();
const PLAIN = { maxBytes: Infinity, hits: [], onFault: () => {}, meter };

class ConnWithEcho extends FakeConn {
  /** What `echo` was told. */
  maxBytes?: number;
  meter?: Meter;
  readonly made = new FakeEcho(this);

  echo(maxBytes: number, meter: Meter): FakeEcho {
    this.maxBytes = maxBytes;
    this.meter = meter;
    return this.made;
  }
}

Deno.test("startEcho takes the runtime's own echo where there is one", () => {
  const conn = new ConnWithEcho();
  assert(startEcho(conn, { ...PLAIN, maxBytes: 100 }) === conn.made);
  assertEquals(conn.maxBytes, 100);
  assert(conn.meter === meter);
});

Deno.test("startEcho copies where the runtime has no echo of its own", async () => {
  const conn = new FakeConn();
  const echo = startEcho(conn, { ...PLAIN, maxBytes: 3 });
  assert(echo instanceof CopyLoop);
  conn.send("abcde");
  conn.sendFin();
  await inTime(echo.finished, "the end of the echo");
  assertEquals(conn.written, "abc");
});

Deno.test("startEcho goes by stages under faults and for a recording", async () => {
  for (const extra of [{ hits: [NOTHING] }, { onReceive: () => {} }]) {
    const conn = new ConnWithEcho();
    const echo = startEcho(conn, { ...PLAIN, ...extra });
    assert(echo instanceof StagedEcho);
    assertEquals(conn.maxBytes, undefined);
    conn.sendFin();
    await inTime(echo.finished, "the end of the echo");
  }
});

Deno.test("finishEcho ends with eof when the peer ends its stream", async () => {
  const { failure, reason } = await finishWith({ bytes: 10 });
  assertEquals(reason, "eof");
  assertEquals(failure, undefined);
});

Deno.test("finishEcho ends with reset when the peer drops the connection", async () => {
  for (const code of ["ECONNRESET", "EPIPE", "ECONNABORTED"]) {
    const { failure, reason } = await finishWith({ error: failed(code) });
    assertEquals(reason, "reset", code);
    assertEquals(failure, undefined, code);
  }
});

Deno.test("finishEcho gives back any other error", async () => {
  for (const error of [failed("ETIMEDOUT"), failed(), "a string"]) {
    const { failure, reason } = await finishWith({ error });
    assertEquals(reason, "error");
    assert(failure === error);
  }
});

Deno.test("finishEcho ends with max-bytes once that many are echoed", async () => {
  const { reason } = await finishWith({ bytes: 100, maxBytes: 100 });
  assertEquals(reason, "max-bytes");
});

Deno.test("finishEcho ends with eof below max-bytes", async () => {
  const { reason } = await finishWith({ bytes: 99, maxBytes: 100 });
  assertEquals(reason, "eof");
});

Deno.test("finishEcho ends with max-bytes however the peer leaves after that", async () => {
  for (const error of [failed("ECONNRESET"), failed("EIO")]) {
    const all = { bytes: 100, maxBytes: 100, error };
    assertEquals(await finishWith(all), {
      failure: undefined,
      reason: "max-bytes",
    });
    const { reason } = await finishWith({ ...all, bytes: 99 });
    assert(reason === "reset" || reason === "error");
  }
});

Deno.test("finishEcho keeps a reason of the server's, and no error with it", async () => {
  for (const error of [undefined, failed("ECONNRESET"), failed("EIO")]) {
    const { conn, echo, connection } = fakeConnection();
    const ended = finish(connection, Infinity);
    connection.end("shutdown");
    if (error) echo.finishing.reject(error);
    else echo.finishing.resolve();
    assertEquals(await ended, undefined);
    assertEquals(connection.reason, "shutdown");
    assertEquals(conn.calls, ["close", "stop"]);
  }
});

Deno.test("failedEcho ends with its error, or the reason that there is", async () => {
  const failure = failed();
  const cases = [
    { error: failure, reason: "error", told: failure },
    { error: failed("ECONNRESET"), reason: "reset", told: undefined },
    { error: failure, early: "idle-timeout", reason: "idle-timeout" },
  ] as const;
  for (const { error, reason, ...rest } of cases) {
    const conn = new FakeConn();
    const connection = new Connection(GUEST, conn, failedEcho(error));
    if ("early" in rest) connection.end(rest.early);
    const told = await finish(connection, Infinity);
    assert(told === ("told" in rest ? rest.told : undefined), reason);
    assertEquals(connection.reason, reason);
    assertEquals(conn.calls, ["close"]);
  }
});

Deno.test("failedEcho has echoed nothing, and can be drained", async () => {
  const echo = failedEcho(failed());
  const { bytesIn, bytesOut, bytesDiscarded, isPending, isBlocked } = echo;
  assertEquals([bytesIn, bytesOut, bytesDiscarded], [0, 0, 0]);
  assertEquals([isPending, isBlocked], [false, false]);
  echo.drain();
  await assertRejects(() => echo.finished, Error, "failed");
});
