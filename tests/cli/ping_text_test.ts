import {
  pingLine,
  pingObject,
  summaryObject,
  summaryText,
} from "../../src/cli/ping_text.ts";
import { ExactTimes } from "../../src/client/exact_times.ts";
import type { PingEvent, PingSummary } from "../../src/client/ping.ts";
import { assertEquals } from "../assert.ts";

const URL = "tcp://127.0.0.1:7";

function summaryOf(
  timesMs: readonly number[],
  own: Partial<PingSummary>,
): PingSummary {
  const times = new ExactTimes();
  for (const ms of timesMs) times.record(ms);
  return {
    ...{ sent: timesMs.length, received: timesMs.length, isIntact: true },
    ...{ late: 0, duplicates: 0, durationMs: 2001.7, times },
    ...own,
  };
}

Deno.test("every event is a line like those of ping", () => {
  const cases: readonly [PingEvent, string][] = [
    [
      { event: "reply", seq: 3, bytes: 6400, timeMs: 0.12345 },
      `6,400 bytes from ${URL}: seq=3 time=0.123 ms`,
    ],
    [
      { event: "failure", seq: 4, kind: "reset", message: "it is gone" },
      "seq=4 failed: it is gone",
    ],
    [
      { event: "lost", kind: "closed", message: "it has left" },
      "connection lost: it has left",
    ],
    [{ event: "late", seq: 2 }, "seq=2 came too late"],
    [{ event: "duplicate", seq: 2 }, "seq=2 came again"],
  ];
  for (const [event, line] of cases) assertEquals(pingLine(event, URL), line);
});

Deno.test("the summary has loss, times and percentiles", () => {
  assertEquals(
    summaryText(summaryOf([1, 2, 3, 4], { sent: 6, late: 1 }), URL),
    `
--- ${URL} ping statistics ---
6 sent, 4 received, 1 too late, 33.33% loss, time 2002 ms
min/avg/max/mdev = 1.000/2.500/4.000/1.118 ms
p50/p90/p99 = 2.000/4.000/4.000 ms`,
  );
  assertEquals(
    summaryText(summaryOf([1], { duplicates: 2 }), URL).split("\n")[2],
    "1 sent, 1 received, 2 duplicate, 0% loss, time 2002 ms",
  );
});

Deno.test("the summary of nothing has no times", () => {
  assertEquals(
    summaryText(summaryOf([], { sent: 3 }), URL).split("\n").slice(2),
    ["3 sent, 0 received, 100% loss, time 2002 ms"],
  );
  assertEquals(summaryObject(summaryOf([], { sent: 3 }), URL), {
    ...{ event: "summary", url: URL, sent: 3, received: 0 },
    ...{ late: 0, duplicates: 0, lossPercent: 100, durationMs: 2001.7 },
  });
});

Deno.test("the same as objects", () => {
  assertEquals(
    pingObject({ event: "reply", seq: 3, bytes: 64, timeMs: 0.12345 }),
    { event: "reply", seq: 3, bytes: 64, timeMs: 0.123 },
  );
  const failure = { event: "failure", seq: 1, kind: "reset", message: "x" };
  assertEquals(pingObject(failure as PingEvent), failure);
  assertEquals(summaryObject(summaryOf([1, 2, 3, 4], { sent: 6 }), URL), {
    ...{ event: "summary", url: URL, sent: 6, received: 4 },
    ...{ late: 0, duplicates: 0, lossPercent: 33.33, durationMs: 2001.7 },
    ...{ minMs: 1, avgMs: 2.5, maxMs: 4, mdevMs: 1.118 },
    ...{ p50Ms: 2, p90Ms: 4, p99Ms: 4 },
  });
});
