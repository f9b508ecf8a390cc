import { Watchdog } from "../src/watchdog.ts";
import { assert, assertEquals } from "./assert.ts";
import { fakeConnection } from "./fake_conn.ts";
import { blocked, busy, NO_LIMITS, scripted, watch } from "./watching.ts";

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
  const quiet = fakeConnection();
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

Deno.test("who is slow to send a request ends for that, whatever it sends", async () => {
  const { conn, echo, connection } = busy();
  echo.requestSince = performance.now();
  using _ = watch(
    { handshakeTimeoutMs: 40, idleTimeoutMs: 60_000 },
    connection,
  );
  await conn.called("abort");
  assertEquals(connection.reason, "request-timeout");
  assert(performance.now() - echo.requestSince >= 40);
  // Nothing is owed to it, so that there is nothing to drain.
  assertEquals(conn.calls, ["abort", "stop"]);
});

Deno.test("who owes no request is held to the idle timeout alone", async () => {
  for (const handshakeTimeoutMs of [20, 0]) {
    const { conn, echo, connection } = fakeConnection();
    // 0 waits for a request for ever.
    if (handshakeTimeoutMs === 0) echo.requestSince = -60_000;
    using _ = watch({ handshakeTimeoutMs, idleTimeoutMs: 60 }, connection);
    await conn.called("drain");
    assertEquals(connection.reason, "idle-timeout");
  }
});

Deno.test("a request that is late comes before silence, and after a blocked write", async () => {
  const limits = { handshakeTimeoutMs: 30, idleTimeoutMs: 30 };
  const silent = fakeConnection();
  silent.echo.requestSince = -60_000;
  using _ = watch(limits, silent.connection);
  await silent.conn.called("abort");
  assertEquals(silent.connection.reason, "request-timeout");

  const stuck = blocked();
  stuck.echo.requestSince = -60_000;
  using _stuck = watch({ ...limits, writeTimeoutMs: 60 }, stuck.connection);
  await stuck.conn.called("abort");
  assertEquals(stuck.connection.reason, "write-timeout");
});
