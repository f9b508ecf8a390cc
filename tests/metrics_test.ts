import type { EchoConnection, Protocol } from "../src/echo_connection.ts";
import { Histogram } from "../src/histogram.ts";
import { Metrics } from "../src/metrics.ts";
import { assertEquals } from "./assert.ts";
import { fakeConnection } from "./fake_conn.ts";

function moved(
  bytesIn: number,
  bytesOut: number,
  protocol: Protocol = "tcp",
): EchoConnection {
  const { echo, connection } = fakeConnection({ protocol });
  Object.assign(echo, { bytesIn, bytesOut });
  return connection;
}

const NOBODY = new Set<EchoConnection>();

const NOTHING = { open: 0, accepted: 0, bytesIn: 0, bytesOut: 0 };

const NO_PROTOCOLS = {
  ...{ tcp: NOTHING, tls: NOTHING, unix: NOTHING },
  ...{ http: NOTHING, https: NOTHING },
};

Deno.test("Metrics begins with nothing", () => {
  assertEquals(new Metrics().snapshot(NOBODY), {
    ...NOTHING,
    protocols: NO_PROTOCOLS,
    closed: {},
    refused: {},
    failedHandshakes: 0,
    latency: new Histogram().stats,
  });
});

Deno.test("Metrics counts connections by what became of them", () => {
  const metrics = new Metrics();
  for (let i = 0; i < 4; i++) metrics.accepted(moved(0, 0));
  metrics.closed("eof", moved(1, 1));
  metrics.closed("reset", moved(10, 9));
  metrics.closed("eof", moved(100, 100));
  metrics.refused("max-connections");
  metrics.refused("fault");
  metrics.refused("fault");
  metrics.handshakeFailed();
  const sums = { open: 0, accepted: 4, bytesIn: 111, bytesOut: 110 };
  assertEquals(metrics.snapshot(NOBODY), {
    ...sums,
    protocols: { ...NO_PROTOCOLS, tcp: sums },
    closed: { eof: 2, reset: 1 },
    refused: { "max-connections": 1, fault: 2 },
    failedHandshakes: 1,
    latency: new Histogram().stats,
  });
});

Deno.test("Metrics counts by what the listener speaks, and adds up", () => {
  const metrics = new Metrics();
  const conns = [
    moved(1, 1, "tls"),
    moved(20, 10, "http"),
    moved(300, 0, "http"),
  ];
  for (const connection of conns) metrics.accepted(connection);
  metrics.closed("eof", conns[1]);
  const { protocols, ...sums } = metrics.snapshot(
    new Set([conns[0], conns[2]]),
  );
  assertEquals(protocols, {
    ...NO_PROTOCOLS,
    tls: { open: 1, accepted: 1, bytesIn: 1, bytesOut: 1 },
    http: { open: 1, accepted: 2, bytesIn: 320, bytesOut: 10 },
  });
  const { open, accepted, bytesIn, bytesOut } = sums;
  assertEquals([open, accepted, bytesIn, bytesOut], [2, 3, 321, 11]);
});

Deno.test("Metrics tells how long echoes took", () => {
  const metrics = new Metrics();
  metrics.latency.observe(3);
  const { latency } = metrics.snapshot(NOBODY);
  assertEquals([latency.count, latency.sumMs], [1, 3]);
});

Deno.test("Metrics adds the bytes of open connections, each time anew", () => {
  const metrics = new Metrics();
  metrics.closed("eof", moved(1000, 1000));
  const open = new Set([moved(1, 0), moved(20, 10)]);
  for (let i = 0; i < 2; i++) {
    const { bytesIn, bytesOut, ...rest } = metrics.snapshot(open);
    assertEquals([rest.open, bytesIn, bytesOut], [2, 1021, 1010]);
  }
});

Deno.test("a snapshot does not change any more", () => {
  const metrics = new Metrics();
  const before = metrics.snapshot(NOBODY);
  metrics.refused("fault");
  metrics.closed("eof", moved(1, 1));
  metrics.latency.observe(1);
  assertEquals([before.refused, before.closed], [{}, {}]);
  assertEquals([before.protocols.tcp, before.latency.count], [NOTHING, 0]);
});
