import { Connection } from "../src/connection.ts";
import { DEFAULT_LIMITS, type Limits } from "../src/limits.ts";
import { Watchdog } from "../src/watchdog.ts";
import { assert, assertEquals } from "./assert.ts";
import { FakeConn, fakeConnection, FakeEcho } from "./fake_conn.ts";

const NO_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  idleTimeoutMs: 0,
  writeTimeoutMs: 0,
};

function watch(limits: Partial<Limits>, connection: Connection) {
  const watchdog = new Watchdog(
    { ...NO_LIMITS, ...limits },
    new Set([connection]),
  );
  watchdog.watch();
  return { watchdog, [Symbol.dispose]: () => watchdog.stop() };
}

/** An echo that has moved another byte whenever it is looked at. */
class BusyEcho extends FakeEcho {
  /** How often its counters were read. */
  looks = 0;

  /**
   * @param conn keeps the calls.
   * @param busyLooks after how many looks it falls silent.
   */
  constructor(conn: FakeConn, busyLooks = Infinity) {
    super(conn);
    const bytes = { get: () => Math.min(this.looks, busyLooks) };
    const looked = { get: () => (this.looks++, 0) };
    Object.defineProperties(this, {
      bytesIn: bytes,
      bytesOut: bytes,
      bytesDiscarded: looked,
    });
  }
}

function busy(busyLooks?: number) {
  const conn = new FakeConn();
  const echo = new BusyEcho(conn, busyLooks);
  return { conn, echo, connection: new Connection({ id: 1 }, conn, echo) };
}

/** A connection whose peer does not read. */
function blocked() {
  const faked = fakeConnection();
  faked.echo.isPending = faked.echo.isBlocked = true;
  return faked;
}

/** A connection with a script of how long it was quiet at each look. */
class Scripted extends Connection {
  script: number[] = [];
  endedMsAgo = 0;

  override get endedAt(): number {
    return performance.now() - this.endedMsAgo;
  }

  override quietMs(): number {
    return this.script.shift() ?? 0;
  }
}

function scripted(...script: number[]) {
  const conn = new FakeConn();
  const echo = new FakeEcho(conn);
  const connection = new Scripted({ id: 1 }, conn, echo);
  connection.script = script;
  return { conn, echo, connection };
}

Deno.test("a connection without traffic ends in order", async () => {
  const { conn, connection } = fakeConnection();
  using _ = watch({ idleTimeoutMs: 40 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
  assert(performance.now() - connection.openedAt >= 40);
  assertEquals(conn.calls, ["drain"]);
});

Deno.test("traffic postpones the idle timeout", async () => {
  // Looks are 10 ms apart, so the traffic outlasts the timeout thrice.
  const { conn, echo, connection } = busy(10);
  using _ = watch({ idleTimeoutMs: 30 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
  assert(echo.looks > 10, `ended at look ${echo.looks}`);
});

Deno.test("a connection whose peer does not read is dropped", async () => {
  const { conn, connection } = blocked();
  using _ = watch({ writeTimeoutMs: 40 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "write-timeout");
  assertEquals(conn.calls, ["abort", "stop"]);
});

Deno.test("a blocked write is held to the write timeout alone", async () => {
  const { conn, connection } = blocked();
  using _ = watch({ idleTimeoutMs: 20, writeTimeoutMs: 60 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "write-timeout");
  assertEquals(conn.calls, ["abort", "stop"]);
});

Deno.test("a blocked write without a timeout of its own is held to the idle timeout", async () => {
  const { conn, connection } = blocked();
  using _ = watch({ idleTimeoutMs: 30 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
});

Deno.test("bytes that wait for their time are held to no timeout", async () => {
  const { conn, echo, connection } = scripted(99, 99, 99, 0, 99);
  echo.isPending = true;
  const quietMs = connection.quietMs.bind(connection);
  connection.quietMs = () => {
    if (connection.script.length === 2) echo.isPending = false;
    return quietMs();
  };
  using _ = watch({ idleTimeoutMs: 30, writeTimeoutMs: 30 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
  assertEquals(connection.script, []);
});

Deno.test("a connection is not held to the write timeout while all is written", async () => {
  const { conn, connection } = fakeConnection();
  using _ = watch({ idleTimeoutMs: 60, writeTimeoutMs: 20 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
});

Deno.test("progress postpones the write timeout", async () => {
  const { conn, echo, connection } = scripted(0, 39, 0, 39, 0, 39, 40);
  echo.isBlocked = echo.isPending = true;
  using _ = watch({ writeTimeoutMs: 40 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "write-timeout");
  assertEquals(connection.script, []);
});

Deno.test("a write that stalls after the end is dropped, and the reason stays", async () => {
  const { conn, connection } = blocked();
  connection.end("shutdown");
  using _ = watch({ writeTimeoutMs: 40 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "shutdown");
});

Deno.test("a busy connection ends when its lifetime is over", async () => {
  const { conn, connection } = busy();
  using _ = watch({ maxLifetimeMs: 50, idleTimeoutMs: 60_000 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "max-lifetime");
  assert(performance.now() - connection.openedAt >= 50);
});

Deno.test("a lifetime is over even while a write is blocked", async () => {
  const { conn, connection } = blocked();
  using _ = watch({ maxLifetimeMs: 40, writeTimeoutMs: 60_000 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "max-lifetime");
});

Deno.test("a connection ends once all its bytes are echoed", async () => {
  for (const state of ["isPending", "isBlocked"] as const) {
    const { conn, echo, connection } = scripted();
    echo.bytesIn = 100;
    echo[state] = true;
    // Written in between two looks: the limit does not cut off what is left.
    const seen: string[] = [];
    connection.quietMs = () => {
      seen.push(connection.reason ?? "none");
      if (seen.length === 3) echo[state] = false;
      return 0;
    };
    using _ = watch(
      { maxBytes: 100, idleTimeoutMs: 60, writeTimeoutMs: 60_000 },
      connection,
    );
    await conn.called("drain");
    assertEquals(connection.reason, "max-bytes");
    assertEquals(seen, ["none", "none", "none"]);
  }
});

Deno.test("one byte less than the limit does not end a connection", async () => {
  const { conn, echo, connection } = fakeConnection();
  echo.bytesIn = echo.bytesOut = 99;
  using _ = watch({ maxBytes: 100, idleTimeoutMs: 30 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
});

Deno.test("an ended connection lingers until it has been quiet for half a second", async () => {
  const { conn, connection } = scripted(0, 499, 10, 500);
  connection.endedMsAgo = 5000;
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "shutdown");
  assertEquals(conn.calls, ["drain"]);
  assertEquals(connection.reason, "shutdown");
  await conn.called("close");
  assertEquals(connection.script, []);
  assertEquals(conn.calls, ["drain", "close", "stop"]);
});

Deno.test("a connection that was quiet before its end lingers all the same", async () => {
  const { conn, connection } = fakeConnection();
  // Idle for a minute, as far as a look can tell.
  connection.quietMs = () => 60_000;
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "idle-timeout");
  await conn.called("close");
  assert(performance.now() - connection.endedAt >= 500);
});

Deno.test("an ended connection is not closed while bytes wait", async () => {
  const { conn, echo, connection } = scripted(5000, 5000, 5000);
  connection.endedMsAgo = 5000;
  echo.isPending = true;
  const quietMs = connection.quietMs.bind(connection);
  connection.quietMs = () => {
    assertEquals(conn.calls, ["drain"]);
    if (connection.script.length === 1) echo.isPending = false;
    return quietMs();
  };
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "shutdown");
  await conn.called("close");
  assertEquals(connection.script, []);
});

Deno.test("lingering goes by the connection's own traffic", async () => {
  const { conn, echo, connection } = busy(3);
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "max-bytes");
  await conn.called("close");
  assert(echo.looks > 3);
  assert(performance.now() - connection.endedAt >= 500);
});

Deno.test("a peer that goes on sending after the end is dropped in time", async () => {
  const { conn, connection } = scripted();
  connection.endedMsAgo = 29_100;
  const looks: number[] = [];
  connection.quietMs = () => {
    // Each look finds the connection half a second later.
    connection.endedMsAgo += 500;
    looks.push(connection.endedMsAgo);
    return 0;
  };
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "max-lifetime");
  await conn.called("abort");
  assertEquals(looks, [29_600, 30_100]);
  assertEquals(conn.calls, ["drain", "abort", "stop"]);
});

Deno.test("a peer that is slow to take the rest is dropped in time, too", async () => {
  const { conn, echo, connection } = scripted();
  echo.isPending = echo.isBlocked = true;
  connection.endedMsAgo = 31_000;
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "max-lifetime");
  await conn.called("abort");
  assertEquals(conn.calls, ["drain", "abort", "stop"]);
});

Deno.test("a shutdown has a deadline of its own", async () => {
  const { conn, connection } = scripted(0, 0, 0, 1000);
  connection.endedMsAgo = 60_000;
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "shutdown");
  await conn.called("close");
  assertEquals(conn.calls, ["drain", "close", "stop"]);
});

Deno.test("the watchdog looks at each connection by itself", async () => {
  const quiet = fakeConnection(1);
  const stalled = blocked();
  const active = busy();
  const all = [quiet, stalled, active].map(({ connection }) => connection);
  const limits = { ...NO_LIMITS, idleTimeoutMs: 30, writeTimeoutMs: 30 };
  const watchdog = new Watchdog(limits, new Set(all));
  watchdog.watch();
  await Promise.all([quiet.conn.called("drain"), stalled.conn.called("abort")]);
  watchdog.stop();
  const reasons = all.map(({ reason }) => reason);
  assertEquals(reasons, ["idle-timeout", "write-timeout", undefined]);
  assertEquals(active.conn.calls, []);
});
