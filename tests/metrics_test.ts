import type { EchoConnection } from "../src/connection.ts";
import { Metrics } from "../src/metrics.ts";
import { assertEquals } from "./assert.ts";
import { fakeConnection } from "./fake_conn.ts";

function moved(bytesIn: number, bytesOut: number): EchoConnection {
  const { echo, connection } = fakeConnection();
  Object.assign(echo, { bytesIn, bytesOut });
  return connection;
}

const NOBODY = new Set<EchoConnection>();

Deno.test("Metrics begins with nothing", () => {
  assertEquals(new Metrics().snapshot(NOBODY), {
    open: 0,
    accepted: 0,
    closed: {},
    refused: {},
    failedHandshakes: 0,
    bytesIn: 0,
    bytesOut: 0,
  });
});

Deno.test("Metrics counts connections by what became of them", () => {
  const metrics = new Metrics();
  for (let i = 0; i < 4; i++) metrics.accepted();
  metrics.closed("eof", moved(1, 1));
  metrics.closed("reset", moved(10, 9));
  metrics.closed("eof", moved(100, 100));
  metrics.refused("max-connections");
  metrics.refused("fault");
  metrics.refused("fault");
  metrics.handshakeFailed();
  assertEquals(metrics.snapshot(NOBODY), {
    open: 0,
    accepted: 4,
    closed: { eof: 2, reset: 1 },
    refused: { "max-connections": 1, fault: 2 },
    failedHandshakes: 1,
    bytesIn: 111,
    bytesOut: 110,
  });
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
  assertEquals([before.refused, before.closed], [{}, {}]);
});
