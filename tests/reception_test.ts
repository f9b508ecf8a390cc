import type { Fault } from "../src/faults/types.ts";
import { WaitError } from "../src/wait.ts";
import { assertEquals, assertMatch, assertRejects } from "./assert.ts";
import type { Echo } from "../src/net.ts";
import { FakeConn, FakeEcho, FakeTlsConn, tcp, turn } from "./fake_conn.ts";
import { open, proxied, PROXY, receive, sending, told } from "./receiving.ts";

Deno.test("a connection is echoed, and told of", async () => {
  const { reception, said, state } = open({});
  const conn = sending("hello");
  await receive(reception, conn);
  assertEquals([reception.isIdle, state.idle], [false, 0]);
  conn.sendFin();
  await told(said, 2);
  assertEquals(conn.written, "hello");
  assertEquals(said, [
    `connect id=1 peer=${PROXY}`,
    `disconnect id=1 peer=${PROXY} bytesIn=5 bytesOut=5 reason=eof`,
  ]);
  assertEquals([reception.isIdle, state.idle], [true, 1]);
});

Deno.test("a PROXY header is not echoed, and its client on record", async () => {
  for (const mode of ["optional", "require"] as const) {
    const { reception, said } = open({ mode });
    const conn = sending("hello", proxied("203.0.113.9:1234"));
    conn.sendFin();
    await receive(reception, conn);
    await told(said, 2);
    assertEquals(conn.written, "hello");
    const names = `id=1 peer=${PROXY} client=203.0.113.9:1234`;
    assertEquals(said, [
      `connect ${names}`,
      `disconnect ${names} bytesIn=5 bytesOut=5 reason=eof`,
    ]);
    const { client, peer } = await reception.history.waitFor(1);
    assertEquals([client, peer], [tcp("203.0.113.9", 1234), conn.remoteAddr]);
  }
});

Deno.test("who is not trusted is refused where a header is required", async () => {
  const { reception, said } = open({ mode: "require", maxConnections: 1 });
  const conns = [1, 2].map(() => new FakeConn(tcp("192.0.2.2", 7)));
  await receive(reception, ...conns);
  const refused = "refused peer=192.0.2.2:7 reason=untrusted-proxy";
  assertEquals(said, [refused, refused]);
  assertEquals(conns.map(({ calls }) => calls), [["close"], ["close"]]);
  assertEquals(conns[0].buffers, []);
  assertEquals(reception.stats.refused, { "untrusted-proxy": 2 });
});

Deno.test("who is not trusted is echoed where a header is optional", async () => {
  const { reception, said } = open({ mode: "optional", trusted: "unix" });
  const conn = proxied("203.0.113.9:1234");
  conn.sendFin();
  await receive(reception, conn);
  assertMatch(conn.written, /^PROXY TCP4 203.0.113.9 .*\r\n$/);
  assertEquals(said[0], `connect id=1 peer=${PROXY}`);
});

Deno.test("a Unix socket can be trusted, and has no limit of its IP", async () => {
  const one = { trusted: "unix", maxConnectionsPerIp: 1 };
  const { reception, said } = open({ mode: "optional", ...one });
  const unix = () => new FakeConn({ transport: "unix", path: "" });
  const conns = [unix(), unix()].map((conn) => sending("x", conn));
  await receive(reception, ...conns, proxied("203.0.113.9:1", unix()));
  assertEquals(said, [
    "connect id=1 peer=unix",
    "connect id=2 peer=unix",
    "connect id=3 peer=unix client=203.0.113.9:1",
  ]);
  reception.abortAll("shutdown");
  await told(said, 6);
});

Deno.test("a header that is malformed or missing ends in an error", async () => {
  for (const text of ["PROXY SCTP\r\n", "hello"]) {
    const { reception, said, state } = open({ mode: "require" });
    const conn = sending(text);
    await receive(reception, conn);
    await told(said, 2);
    assertEquals(said[0], `connect id=1 peer=${PROXY}`);
    const end = RegExp(
      `^disconnect id=1 .* bytesIn=0 bytesOut=0 reason=error error=.*PROXY`,
    );
    assertMatch(said[1], end);
    assertEquals([conn.written, conn.closed], ["", true]);
    assertEquals([reception.isIdle, state.idle], [true, 1]);
  }
});

Deno.test("who sends no header in time, or no handshake, ends for that", async () => {
  const late = "error=there was no PROXY header within 20 ms";
  const handshakeTimeoutMs = 20;
  const idle = { idleTimeoutMs: 20, handshakeTimeoutMs: 60_000 };
  const cases = [
    [{ mode: "require", handshakeTimeoutMs }, `reason=error ${late}`],
    [{ mode: "optional", ...idle }, "reason=idle-timeout"],
  ] as const;
  for (const [options, end] of cases) {
    const { reception, said } = open(options);
    await receive(reception, new FakeConn());
    await told(said, 2);
    assertEquals(said, [
      `connect id=1 peer=${PROXY}`,
      `disconnect id=1 peer=${PROXY} bytesIn=0 bytesOut=0 ${end}`,
    ]);
  }
  const { reception, said } = open({ handshakeTimeoutMs });
  await receive(reception, new FakeTlsConn());
  await told(said, 1);
  assertMatch(said[0], /^error .* failed: it was not done within 20 ms$/);
});

Deno.test("the limit of an IP counts the client, not its proxy", async () => {
  const { reception, said } = open({ mode: "require", maxConnectionsPerIp: 1 });
  const [first, second] = [proxied("203.0.113.9:1"), proxied("203.0.113.8:2")];
  await receive(reception, first, second, proxied("203.0.113.9:3"));
  assertEquals(said, [
    `connect id=1 peer=${PROXY} client=203.0.113.9:1`,
    `connect id=2 peer=${PROXY} client=203.0.113.8:2`,
    `refused peer=${PROXY} client=203.0.113.9:3 reason=max-connections-per-ip`,
  ]);
  first.sendFin();
  await told(said, 4);
  await receive(reception, proxied("203.0.113.9:4"));
  assertEquals(said[4], `connect id=3 peer=${PROXY} client=203.0.113.9:4`);
  reception.abortAll("shutdown");
  await told(said, 7);
});

Deno.test("a place is taken before the header is there, and free again after", async () => {
  const { reception, said } = open({ mode: "require", maxConnections: 1 });
  const first = new FakeConn();
  await receive(reception, first, new FakeConn());
  assertEquals(said, [`refused peer=${PROXY} reason=max-connections`]);
  first.sendFin();
  await told(said, 3);
  await receive(reception, proxied("203.0.113.9:1"));
  assertMatch(said[3], /^connect id=2 .*client=203.0.113.9:1$/);
  reception.abortAll("shutdown");
  await told(said, 5);
});

Deno.test("peer of a fault selects by the client, not by its proxy", async () => {
  const faults: Fault[] = [
    { kind: "refuse", peer: "203.0.113.9" },
    { kind: "refuse", peer: "192.0.2.1" },
  ];
  const { reception, said } = open({ mode: "require", faults });
  const conns = ["203.0.113.9:1", "203.0.113.8:2"].map((it) => proxied(it));
  await receive(reception, ...conns);
  assertEquals(said, [
    `refused peer=${PROXY} client=203.0.113.9:1 reason=fault`,
    `connect id=2 peer=${PROXY} client=203.0.113.8:2`,
  ]);
  reception.abortAll("shutdown");
  await told(said, 3);
});

Deno.test("TLS comes after the header, and is on record", async () => {
  const { reception, said } = open({ mode: "require" });
  const conn = new FakeTlsConn();
  await receive(reception, conn);
  assertEquals(conn.handshakes, 0);
  proxied("203.0.113.9:1", conn);
  await turn();
  assertEquals([conn.handshakes, said.length], [1, 0]);
  conn.handshake.resolve({ protocol: "TLSv1.3", alpn: "h2" });
  await told(said, 1);
  assertMatch(said[0], /^connect id=1 .*:1 tls=TLSv1.3 alpn=h2$/);
  assertEquals((await reception.history.waitFor(1)).tls?.alpn, "h2");
  conn.sendFin();
  await told(said, 2);
});

Deno.test("a handshake that fails is one error, and the place is free again", async () => {
  const one = { maxConnections: 1, maxConnectionsPerIp: 1 };
  const { reception, said, state } = open({ mode: "optional", ...one });
  const conn = new FakeTlsConn();
  await receive(reception, proxied("203.0.113.9:1", conn));
  conn.handshake.reject(new Error("no shared cipher"));
  await told(said, 1);
  assertEquals(said, [
    `error peer=${PROXY} client=203.0.113.9:1 ` +
    "message=TLS handshake failed: no shared cipher",
  ]);
  assertEquals([conn.calls, state.idle], [["abort"], 1]);
  assertEquals(reception.stats.failedHandshakes, 1);
  await assertRejects(() => reception.history.waitFor(1), WaitError, "refused");
  await receive(reception, proxied("203.0.113.9:2"));
  assertMatch(said[1], /^connect id=2 .* client=203.0.113.9:2$/);
  reception.abortAll("shutdown");
  await told(said, 3);
});

function fail(): never {
  throw new Error("on purpose");
}

/** Connections that fail in ways that none should, and what is told of them. */
const FAILING: readonly {
  readonly when: string;
  readonly echo: (conn: FakeConn) => Echo;
  readonly told: readonly string[];
}[] = [
  { when: "before it is echoed", echo: fail, told: ["error"] },
  {
    when: "once it is known",
    echo: (conn) =>
      Object.defineProperty(new FakeEcho(conn), "finished", { get: fail }),
    told: ["connect", "error", "disconnect"],
  },
  {
    when: "when it is over",
    echo: (conn) => {
      const echo = new FakeEcho(conn);
      echo.finishing.resolve();
      return Object.assign(echo, {
        stop: () => Object.defineProperty(conn, "remoteAddr", { get: fail }),
      });
    },
    told: ["connect", "error"],
  },
];

for (const { when, echo, told: expected } of FAILING) {
  for (const startTls of [false, true]) {
    const name = startTls ? "a TLS connection" : "a connection";
    Deno.test(`${name} that fails ${when} gives its place back, once`, async () => {
      const two = { maxConnections: 2, maxConnectionsPerIp: 2 };
      const { reception, said, state } = open(two);
      const conn = startTls ? new FakeTlsConn() : new FakeConn();
      Object.assign(conn, { echo: () => echo(conn) });
      await receive(reception, conn);
      if (conn instanceof FakeTlsConn) {
        conn.handshake.resolve({ protocol: "TLSv1.3" });
      }
      await told(said, expected.length);
      await turn();
      assertEquals(said.map((it) => it.split(" ")[0]), expected);
      assertEquals([reception.isIdle, conn.closed], [true, true]);
      assertEquals([reception.connections.size, state.idle > 0], [0, true]);
      // Somebody who waits for it does not wait in vain.
      const end = reception.history.waitFor(1).then(
        ({ closed }) => closed,
        (error) => error instanceof WaitError && "refused",
      );
      const reason = when === "when it is over" ? "eof" : "error";
      assertEquals(await end, expected.length > 1 ? reason : "refused");

      said.length = 0;
      await receive(reception, ...[1, 2, 3].map(() => new FakeConn()));
      assertEquals(said.map((it) => it.split(" ")[0]), [
        ...["connect", "connect", "refused"],
      ]);
      reception.abortAll("shutdown");
      await told(said, 5);
    });
  }
}
