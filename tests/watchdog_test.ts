import { Connection } from "../src/connection.ts";
import { DEFAULT_LIMITS, type Limits } from "../src/limits.ts";
import { Watchdog } from "../src/watchdog.ts";
import { assert, assertEquals } from "./assert.ts";
import { BusyConn, FakeConn } from "./fake_conn.ts";

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

/** A connection with a script of how long it was quiet at each look. */
class Scripted extends Connection {
  script: number[];
  endedMsAgo = 0;

  constructor(conn: FakeConn, ...script: number[]) {
    super(1, conn);
    this.script = script;
  }

  override get endedAt(): number {
    return performance.now() - this.endedMsAgo;
  }

  override quietMs(): number {
    return this.script.shift() ?? 0;
  }
}

Deno.test("a connection without traffic ends in order", async () => {
  const conn = new FakeConn();
  const connection = new Connection(1, conn);
  using _ = watch({ idleTimeoutMs: 40 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
  assert(performance.now() - connection.openedAt >= 40);
  assertEquals(conn.calls, ["drain"]);
});

Deno.test("traffic postpones the idle timeout", async () => {
  // Looks are 10 ms apart, so the traffic outlasts the timeout thrice.
  const conn = new BusyConn(10);
  const connection = new Connection(1, conn);
  using _ = watch({ idleTimeoutMs: 30 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
  assert(conn.looks > 10, `ended at look ${conn.looks}`);
});

Deno.test("a connection whose peer does not read is dropped", async () => {
  const conn = new FakeConn();
  conn.bytesIn = 10;
  conn.bytesOut = 9;
  const connection = new Connection(1, conn);
  using _ = watch({ writeTimeoutMs: 40 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "write-timeout");
  assertEquals(conn.calls, ["abort"]);
});

Deno.test("a pending write is not held to the idle timeout", async () => {
  const conn = new FakeConn();
  conn.bytesIn = 1;
  const connection = new Connection(1, conn);
  using _ = watch({ idleTimeoutMs: 20, writeTimeoutMs: 60 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "write-timeout");
  assertEquals(conn.calls, ["abort"]);
});

Deno.test("a connection is not held to the write timeout while all is written", async () => {
  const conn = new FakeConn();
  const connection = new Connection(1, conn);
  using _ = watch({ idleTimeoutMs: 60, writeTimeoutMs: 20 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
});

Deno.test("progress postpones the write timeout", async () => {
  const conn = new FakeConn();
  conn.bytesIn = 1;
  const connection = new Scripted(conn, 0, 39, 0, 39, 0, 39, 40);
  using _ = watch({ writeTimeoutMs: 40 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "write-timeout");
  assertEquals(connection.script, []);
});

Deno.test("a write that stalls after the end is dropped, and the reason stays", async () => {
  const conn = new FakeConn();
  conn.bytesIn = 1;
  const connection = new Connection(1, conn);
  connection.end("shutdown");
  using _ = watch({ writeTimeoutMs: 40 }, connection);
  await conn.called("abort");
  assertEquals(connection.reason, "shutdown");
});

Deno.test("a busy connection ends when its lifetime is over", async () => {
  const conn = new BusyConn();
  const connection = new Connection(1, conn);
  using _ = watch({ maxLifetimeMs: 50, idleTimeoutMs: 60_000 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "max-lifetime");
  assert(performance.now() - connection.openedAt >= 50);
});

Deno.test("a lifetime is over even while a write is pending", async () => {
  const conn = new FakeConn();
  conn.bytesIn = 1;
  const connection = new Connection(1, conn);
  using _ = watch({ maxLifetimeMs: 40, writeTimeoutMs: 60_000 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "max-lifetime");
});

Deno.test("a connection ends once all its bytes are echoed", async () => {
  const conn = new FakeConn();
  conn.bytesIn = 100;
  const connection = new Scripted(conn, 0, 0, 0);
  // Written in between two looks: the limit does not cut off what is pending.
  const quietMs = connection.quietMs.bind(connection);
  const seen: string[] = [];
  connection.quietMs = () => {
    seen.push(connection.reason ?? "none");
    if (seen.length === 3) conn.bytesOut = 100;
    return quietMs();
  };
  using _ = watch({ maxBytes: 100, idleTimeoutMs: 60 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "max-bytes");
  assertEquals(seen, ["none", "none", "none"]);
});

Deno.test("one byte less than the limit does not end a connection", async () => {
  const conn = new FakeConn();
  conn.bytesIn = conn.bytesOut = 99;
  const connection = new Connection(1, conn);
  using _ = watch({ maxBytes: 100, idleTimeoutMs: 30 }, connection);
  await conn.called("drain");
  assertEquals(connection.reason, "idle-timeout");
});

Deno.test("an ended connection lingers until it has been quiet for a second", async () => {
  const conn = new FakeConn();
  const connection = new Scripted(conn, 0, 999, 10, 1000);
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "shutdown");
  assertEquals(conn.calls, ["drain"]);
  assertEquals(connection.reason, "shutdown");
  await conn.called("close");
  assertEquals(connection.script, []);
  assertEquals(conn.calls, ["drain", "close"]);
});

Deno.test("lingering goes by the connection's own traffic", async () => {
  const conn = new BusyConn(3);
  const connection = new Connection(1, conn);
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "max-bytes");
  await conn.called("close");
  assert(conn.looks > 3);
  assert(performance.now() - connection.endedAt >= 1000);
});

Deno.test("a peer that goes on sending after the end is dropped in time", async () => {
  const conn = new FakeConn();
  const connection = new Scripted(conn);
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
  assertEquals(conn.calls, ["drain", "abort"]);
});

Deno.test("a peer that is slow to take the rest is dropped in time, too", async () => {
  const conn = new FakeConn();
  conn.bytesIn = 1;
  const connection = new Scripted(conn);
  connection.endedMsAgo = 31_000;
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "max-lifetime");
  await conn.called("abort");
  assertEquals(conn.calls, ["drain", "abort"]);
});

Deno.test("a shutdown has a deadline of its own", async () => {
  const conn = new FakeConn();
  const connection = new Scripted(conn, 0, 0, 0, 1000);
  connection.endedMsAgo = 60_000;
  using watched = watch({}, connection);
  watched.watchdog.end(connection, "shutdown");
  await conn.called("close");
  assertEquals(conn.calls, ["drain", "close"]);
});

Deno.test("the watchdog looks at each connection by itself", async () => {
  const quiet = new FakeConn();
  const stalled = new FakeConn();
  stalled.bytesIn = 1;
  const busy = new BusyConn();
  const connections = [quiet, stalled, busy].map((conn, i) =>
    new Connection(i, conn)
  );
  const limits = { ...NO_LIMITS, idleTimeoutMs: 30, writeTimeoutMs: 30 };
  const watchdog = new Watchdog(limits, new Set(connections));
  watchdog.watch();
  await Promise.all([quiet.called("drain"), stalled.called("abort")]);
  watchdog.stop();
  const reasons = connections.map(({ reason }) => reason);
  assertEquals(reasons, ["idle-timeout", "write-timeout", undefined]);
  assertEquals(busy.calls, []);
});
