import type { Guest } from "../src/guest.ts";
import type { HttpPlane } from "../src/http/plane.ts";
import type { Reception } from "../src/reception.ts";
import { assert, assertEquals, assertMatch } from "./assert.ts";
import { FakeConn, FakeEcho, FakeTlsConn, inTime, turn } from "./fake_conn.ts";
import { open, proxied, type Setup, told } from "./receiving.ts";

/** A reception whose HTTP the test answers, and room for one that speaks it. */
function openHttp(setup: Setup = {}) {
  const room = { size: 5, taken: 0 };
  const served: { guest: Guest; echo: FakeEcho; maxBytes: number }[] = [];
  const plane: Pick<HttpPlane, "serve"> = {
    serve: (conn, guest, { maxBytes }) => {
      const echo = new FakeEcho(conn as FakeConn);
      served.push({ guest, echo, maxBytes });
      return echo;
    },
  };
  const http = plane as HttpPlane;
  return { room, served, ...open({ ...setup, room, http }) };
}

Deno.test("what comes to HTTP listeners is answered, and nothing else is", async () => {
  const { reception, said, served } = openHttp({ maxBytes: 100 });
  const conn = new FakeConn();
  reception.receive(conn, "http");
  reception.receive(new FakeConn(), "unix");
  await told(said, 2);
  assertEquals(served.map(({ guest }) => guest.protocol), ["http"]);
  assertEquals([served[0].guest.id, served[0].maxBytes], [1, 100]);
  const { protocols } = reception.stats;
  const accepted = Object.entries(protocols).flatMap(([name, { accepted }]) =>
    accepted > 0 ? [name] : []
  );
  assertEquals(accepted.sort(), ["http", "unix"]);
  assertEquals((await reception.history.waitFor(1)).protocol, "http");
  served[0].echo.finishing.resolve();
  await told(said, 3);
  assertMatch(said[2], /^disconnect id=1 .*reason=eof$/);
  reception.abortAll("shutdown");
  await told(said, 4);
});

Deno.test("HTTP takes the room of three files, from first to last", async () => {
  const { reception, said, room, served } = openHttp();
  reception.receive(new FakeConn(), "https");
  reception.receive(new FakeConn(), "http");
  await told(said, 2);
  assertEquals(room.taken, 3);
  assertMatch(said[1], /^refused .*reason=max-connections$/);
  // Others need less.
  reception.receive(new FakeConn(), "tcp");
  await told(said, 3);
  assertEquals(room.taken, 4);
  served[0].echo.finishing.resolve();
  await told(said, 4);
  assertEquals(room.taken, 1);
  reception.abortAll("shutdown");
  await told(said, 5);
  assertEquals(room.taken, 0);
});

Deno.test("whoever speaks HTTP and is not let in leaves its room as it was", async () => {
  const trusted = { mode: "require" } as const;
  const cases: Record<string, [setup: Setup, conn: () => FakeConn]> = {
    "reason=fault": [{ faults: [{ kind: "refuse" }] }, () => new FakeConn()],
    "reason=untrusted-proxy": [
      { ...trusted, trusted: "192.0.2.99" },
      () => new FakeConn(),
    ],
    "TLS handshake failed": [{}, failingTls],
    "malformed PROXY header": [trusted, () => {
      const conn = new FakeConn();
      conn.send("PROXY SCTP\r\n");
      return conn;
    }],
  };
  for (const [reason, [setup, connect]] of Object.entries(cases)) {
    const { reception, said, room, served } = openHttp(setup);
    for (let i = 0; i < 2; i++) {
      reception.receive(connect(), "https");
      await idle(reception);
    }
    assert(said.at(-1)!.includes(reason), `${said}`);
    assertEquals([room.taken, served.length], [0, 0], reason);
  }
});

Deno.test("the limit of an IP refuses a client of HTTP, and frees its room", async () => {
  const setup: Setup = { mode: "require", maxConnectionsPerIp: 1 };
  const { reception, said, room } = openHttp(setup);
  reception.receive(proxied("203.0.113.9:1"), "tcp");
  await told(said, 1);
  reception.receive(proxied("203.0.113.9:2"), "http");
  await told(said, 2);
  assertMatch(said[1], /^refused .*reason=max-connections-per-ip$/);
  assertEquals(room.taken, 1);
  reception.abortAll("shutdown");
  await told(said, 3);
});

Deno.test("who stops while an HTTP client arrives leaves no room taken", async () => {
  for (const conn of [new FakeConn(), new FakeTlsConn()]) {
    const isTls = conn instanceof FakeTlsConn;
    const setup: Setup = isTls ? {} : { mode: "require" };
    const { reception, room, said } = openHttp(setup);
    reception.receive(conn, "https");
    await turn();
    assertEquals(room.taken, 3);
    reception.endAll("shutdown");
    await idle(reception);
    assertEquals([room.taken, said], [0, []]);
  }
});

/** Waits until nobody is there, nor about to be. */
async function idle(reception: Reception): Promise<void> {
  const wait = async () => {
    do await turn(); while (!reception.isIdle);
  };
  await inTime(wait(), "nobody");
}

function failingTls(): FakeConn {
  const conn = new FakeTlsConn();
  conn.handshake.reject(new Error("no shared cipher"));
  // It is handled as soon as the handshake begins.
  conn.handshake.promise.catch(() => {});
  return conn;
}
