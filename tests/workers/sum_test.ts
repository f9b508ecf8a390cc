import { BOUNDS_MS } from "../../src/histogram.ts";
import { endedStats, sumStats, type Told } from "../../src/workers/sum.ts";
import { assertEquals } from "../assert.ts";
import { NO_STATS, someStats } from "../status/fake_subject.ts";

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

/** Records of a worker, with so many connections open. */
function told(size: number, more: Partial<Told> = {}): Told {
  return { accepted: 0, closed: {}, open: { size }, ...more };
}

Deno.test("endedStats keeps what was done, and nothing is open any more", () => {
  const stats = someStats();
  assertEquals(endedStats(stats, told(2)), {
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
  assertEquals(endedStats(before, told(1)).closed, { error: 4, eof: 1 });
  assertEquals(endedStats(before, told(0)).closed, { error: 3, eof: 1 });
  assertEquals(endedStats(NO_STATS, told(0)).closed, {});
});

Deno.test("endedStats takes what records have told since the last report", () => {
  const report = { ...NO_STATS, accepted: 3, closed: { eof: 2 } };
  const records = { accepted: 9, closed: { eof: 5, reset: 1 } };
  const { accepted, closed } = endedStats(report, told(3, records));
  assertEquals([accepted, closed], [9, { eof: 5, reset: 1, error: 3 }]);
});
