import type {
  ConnectionView,
  EndReason,
  Protocol,
} from "../../src/echo_connection.ts";
import { BOUNDS_MS } from "../../src/histogram.ts";
import type { ServerStats } from "../../src/metrics.ts";
import type { ServerRecord } from "../../src/records.ts";
import { endedStats, type Remains, sumStats } from "../../src/workers/sum.ts";
import { Tally } from "../../src/workers/tally.ts";
import { assertEquals } from "../assert.ts";
import {
  connection,
  disconnect,
  NO_STATS,
  someStats,
} from "../status/fake_subject.ts";

Deno.test("sumStats of one server is what that one has done", () => {
  assertEquals(sumStats([someStats()]), someStats());
});

Deno.test("sumStats adds every number, and keeps the bounds of the histogram", () => {
  const [sum, one] = [sumStats([someStats(), someStats()]), someStats()];
  const { latency } = one;
  assertEquals([sum.open, sum.accepted, sum.bytesIn, sum.bytesOut], [
    ...[4, 20, 600, 400],
  ]);
  assertEquals(sum.failedHandshakes, 8);
  assertEquals(sum.protocols.tls, {
    ...{ open: 2, accepted: 8, bytesIn: 400, bytesOut: 220 },
  });
  assertEquals(sum.datagrams, {
    ...{ received: 10, sent: 6, bytesIn: 100, bytesOut: 60 },
    dropped: { rate: 2, "low-port": 2 },
  });
  assertEquals(sum.http, {
    ...{ answers: { 200: 16, 101: 2 }, requests: 18 },
    ...{ webSockets: 2, messagesIn: 12, messagesOut: 10 },
  });
  assertEquals([sum.latency.count, sum.latency.sumMs, sum.latency.overflow], [
    ...[2 * latency.count, 2 * latency.sumMs, 2 * latency.overflow],
  ]);
  assertEquals(
    sum.latency.buckets,
    latency.buckets.map(({ count }, at) => ({
      ...{ leMs: BOUNDS_MS[at], count: 2 * count },
    })),
  );
});

Deno.test("sumStats has the reasons of all, also those that only one of them knows", () => {
  const { closed, refused, http } = sumStats([
    { ...NO_STATS, closed: { eof: 1 } },
    {
      ...{ ...NO_STATS, closed: { eof: 2, reset: 3 }, refused: { fault: 4 } },
      http: { ...NO_STATS.http, answers: { 404: 5 } },
    },
    { ...NO_STATS, closed: { "idle-timeout": 6 } },
  ]);
  assertEquals([closed, refused, http.answers], [
    { eof: 3, reset: 3, "idle-timeout": 6 },
    { fault: 4 },
    { 404: 5 },
  ]);
});

Deno.test("sumStats leaves what it adds up as it was", () => {
  const all = [someStats(), someStats()];
  sumStats(all);
  assertEquals(all, [someStats(), someStats()]);
});

/** What is left of a worker that has told these records, and of those it had. */
function remains(
  records: readonly (ServerRecord | Protocol)[],
  stats?: ServerStats,
  connections: readonly ConnectionView[] = [],
): Remains {
  const told = new Tally();
  let id = 0;
  for (const record of records) {
    if (typeof record !== "string") told.note(record);
    else told.note({ event: "connect", id: ++id, peer: "a:1" }, record);
  }
  return { told, ...(stats && { report: { stats, connections } }) };
}

function over(id: number, bytes: number, reason: EndReason = "eof") {
  return disconnect({ id, bytesIn: bytes, bytesOut: bytes - 1, reason });
}

Deno.test("endedStats keeps what was reported, and nothing is open any more", () => {
  const stats = someStats();
  assertEquals(endedStats(remains(["tcp", "tls"], stats)), {
    ...{ ...stats, open: 0, closed: { ...stats.closed, error: 2 } },
    protocols: {
      ...stats.protocols,
      tcp: { ...stats.protocols.tcp, open: 0 },
      tls: { ...stats.protocols.tls, open: 0 },
    },
    http: { ...stats.http, webSockets: 0 },
  });
});

Deno.test("endedStats counts those who were lost among other errors, if there are any", () => {
  const before = { ...NO_STATS, closed: { error: 3, eof: 1 } };
  const closed = (...of: Parameters<typeof remains>) =>
    endedStats(remains(...of)).closed;
  assertEquals(closed(["tcp"], before), { error: 4, eof: 1 });
  assertEquals(closed([], before), { error: 3, eof: 1 });
  assertEquals(closed([], NO_STATS), {});
});

Deno.test("endedStats has what records have told, if nothing was ever reported", () => {
  const stats = endedStats(remains([
    ...["tcp", "https", "tcp", "tcp"] as const,
    ...[over(1, 10), over(2, 100), over(3, 1000, "reset")],
    { event: "refused", peer: "a:1", reason: "max-connections" },
    ...[200, 200, 0].map((status): ServerRecord => ({
      ...{ event: "request", id: 2, peer: "a:1", method: "GET", path: "/" },
      ...{ status, bytesIn: 0, bytesOut: 0, durationMs: 1 },
    })),
  ]));
  assertEquals(
    stats,
    {
      ...NO_STATS,
      ...{ accepted: 4, bytesIn: 1110, bytesOut: 1107 },
      closed: { eof: 2, reset: 1, error: 1 },
      refused: { "max-connections": 1 },
      protocols: {
        ...NO_STATS.protocols,
        tcp: { open: 0, accepted: 3, bytesIn: 1010, bytesOut: 1008 },
        https: { open: 0, accepted: 1, bytesIn: 100, bytesOut: 99 },
      },
      http: { ...NO_STATS.http, requests: 3, answers: { 200: 2 } },
    },
  );
});

Deno.test("endedStats takes of each number what is more, with the bytes of those who were lost", () => {
  const tcp = { open: 2, accepted: 2, bytesIn: 40, bytesOut: 30 };
  const report = {
    ...{ ...NO_STATS, ...tcp, closed: { eof: 1 } },
    protocols: { ...NO_STATS.protocols, tcp },
  };
  const views = [
    connection({ id: 1, bytesIn: 10, bytesOut: 5 }),
    connection({ id: 2, bytesIn: 30, bytesOut: 25 }),
  ];
  // The first has ended since then, the third has come.
  const records = [...["tcp", "tcp", "tcp"] as const, over(1, 500)];
  const stats = endedStats(remains(records, report, views));
  assertEquals(stats.protocols.tcp, {
    ...{ open: 0, accepted: 3, bytesIn: 530, bytesOut: 524 },
  });
  assertEquals([stats.accepted, stats.bytesIn, stats.bytesOut], [
    ...[3, 530, 524],
  ]);
  assertEquals(stats.closed, { eof: 1, error: 2 });
  // Of those whom it has not listed, the report knows more.
  const unlisted = endedStats(remains(["tcp", "tcp"], report));
  assertEquals([unlisted.bytesIn, unlisted.protocols.tcp.bytesOut], [40, 30]);
});
