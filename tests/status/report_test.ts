import { Rates } from "../../src/status/rates.ts";
import { makeReport } from "../../src/status/report.ts";
import { assert, assertEquals } from "../assert.ts";
import {
  connection,
  FakeSubject,
  NO_STATS,
  someStats,
} from "./fake_subject.ts";

function reportOf(subject: FakeSubject) {
  const startedAt = new Date(Date.now() - 12_300);
  const context = {
    version: "1.2.3",
    startedAt,
    rates: new Rates(),
    ended: [],
  };
  return makeReport(subject, context);
}

Deno.test("a report has all that the server tells", () => {
  const subject = Object.assign(new FakeSubject(), {
    state: "draining",
    urls: ["tcp://0.0.0.0:7000", "udp://[::1]:7", "unix:/tmp/x", "http://a:1"],
    stats: someStats(),
    faults: [{ kind: "mute" }],
  });
  const client = {
    transport: "tcp",
    hostname: "2001:db8::1",
    port: 9,
  } as const;
  subject.connections.add(connection({ id: 3, client }));
  const report = reportOf(subject);
  const { startedAt, timestamp, uptimeSeconds, latency, ...rest } = report;
  assert(uptimeSeconds >= 12.3 && uptimeSeconds < 60, `${uptimeSeconds}`);
  assertEquals(
    Date.parse(timestamp) - Date.parse(startedAt),
    Math.round(uptimeSeconds * 1000),
  );
  const stats = someStats();
  assertEquals(rest as unknown, {
    ...{ version: "1.2.3", runtime: "fake 1.0.0", state: "draining" },
    listeners: [
      { url: "tcp://0.0.0.0:7000", protocol: "tcp" },
      { url: "udp://[::1]:7", protocol: "udp" },
      { url: "unix:/tmp/x", protocol: "unix" },
      { url: "http://a:1", protocol: "http" },
    ],
    connections: {
      ...{ open: 2, accepted: 10, bytesIn: 300, bytesOut: 200 },
      ...{ failedHandshakes: 4, protocols: stats.protocols },
      ...{ closed: stats.closed, refused: stats.refused },
      list: [{
        ...{ id: 3, peer: "192.0.2.1:5555", client: "[2001:db8::1]:9" },
        ...{ protocol: "tcp", ageSeconds: 2, bytesIn: 10, bytesOut: 6 },
        bytesPerSecond: 8,
      }],
      // One of the two that are open is told of.
      ...{ omitted: 1, recent: [] },
    },
    ...{ datagrams: stats.datagrams, http: stats.http },
    ...{ faults: [{ kind: "mute" }], seed: 42 },
  });
  assertEquals(latency.count, 5);
  assertEquals(latency.sumSeconds, 20.003045);
  assertEquals(latency.buckets.slice(0, 3), [
    { leSeconds: 0.00001, count: 1 },
    { leSeconds: 0.000025, count: 2 },
    { leSeconds: 0.00005, count: 0 },
  ]);
  assertEquals(latency.overflow, 1);
});

Deno.test("the thousand oldest connections are listed, by their numbers", () => {
  const subject = new FakeSubject();
  subject.connect(1003, 2, 1, 1002);
  subject.connect(...Array.from({ length: 999 }, (_, at) => at + 3));
  subject.stats = { ...NO_STATS, open: 1003 };
  const { list, omitted } = reportOf(subject).connections;
  assertEquals(list.length, 1000);
  assertEquals(list.map(({ id }) => id), list.map((_, at) => at + 1));
  assertEquals(omitted, 3);
});

Deno.test("what peers are called cannot break out of JSON", () => {
  const subject = new FakeSubject();
  const peer = '</script><b>"\\\n';
  subject.connections.add(connection({ peer }));
  subject.connections.add(
    connection({ id: 2, peer: { transport: "unix", path: "" } }),
  );
  const text = JSON.stringify(reportOf(subject));
  assert(!text.includes("\n"));
  const { list } = JSON.parse(text).connections;
  assertEquals(list[0].peer, `${peer}:5555`);
  assertEquals(list[1].peer, "unix");
  assertEquals("client" in list[0], false);
});
