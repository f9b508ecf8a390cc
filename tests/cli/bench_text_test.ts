import {
  openedText,
  planText,
  resultObject,
  resultText,
} from "../../src/cli/bench_text.ts";
import type { FailureKind } from "../../src/client/failure.ts";
import { HdrHistogram } from "../../src/client/hdr_histogram.ts";
import type { BenchResult } from "../../src/client/load/sum.ts";
import { parseTarget } from "../../src/client/target.ts";
import { assert, assertEquals } from "../assert.ts";
import { planOf, reportOf } from "../client/load/playing.ts";

const RESET = { kind: "reset", count: 1200, message: "it was reset" } as const;

function resultOf(own: Partial<BenchResult> = {}): BenchResult {
  const times = new HdrHistogram();
  for (let i = 1; i <= 1000; i++) times.record(i / 100);
  const { waits: _, ...report } = reportOf({ echoes: 1000, durationMs: 2000 });
  return {
    ...report,
    times,
    opened: { open: 1, failures: [] },
    ...own,
  };
}

Deno.test("the first line says what is going to be done", () => {
  assertEquals(
    planText(planOf({ size: 64 }), 1),
    "BENCH tcp://127.0.0.1:7 with 1 connection, 64 bytes",
  );
  const plan = planOf({ connections: 50, size: 1, pipeline: 1600, rate: 1e4 });
  assertEquals(
    planText(plan, 2),
    "BENCH tcp://127.0.0.1:7 with 50 connections, 1 byte, 1,600 at once, " +
      "10,000 a second, 2 threads",
  );
});

Deno.test("connections that could not be opened are counted, with the reason", () => {
  const plan = planOf({ connections: 5000 });
  const none: readonly [] = [];
  assertEquals(openedText({ open: 5000, failures: none }, plan), []);
  const head = [
    "1,200 of 5,000 connections failed",
    "  1,200 reset: it was reset",
  ];
  const failures = [RESET];
  assertEquals(openedText({ open: 3800, failures }, plan), head);
  assertEquals(openedText({ open: 2799, failures }, plan), [
    ...head,
    "1,001 others not opened",
  ]);
  assertEquals(openedText({ open: 4999, failures: none }, plan), [
    "1 connection not opened",
  ]);
});

Deno.test("the result has rate, bytes, percentiles and a plot", () => {
  const [head, rate, times, ...rows] = resultText(
    resultOf(),
    planOf({ size: 2000 }),
  ).split("\n");
  assertEquals(head, "1,000 echoes in 2.00 s");
  assertEquals(rate, "rate   500 a second, 1.00 MB a second each way");
  assertEquals(
    times,
    "times  p50 5.01 ms, p90 8.99 ms, p99 9.89 ms, p99.9 10.0 ms, max 10.0 ms",
  );
  assertEquals(rows.length, 12);
  assert(rows.every((row) => /^ {2}[<≤] /.test(row)), rows.join("\n"));
});

/** The lines below the plot. */
function endOf(own: Partial<BenchResult>): readonly string[] {
  return resultText(resultOf(own), planOf()).split("\n").slice(15);
}

Deno.test("what is missing comes last, and errors after it", () => {
  const end = endOf({
    ...{ unsent: 4321, lost: 1500, late: 3, duplicates: 1234 },
    unanswered: { count: 12, oldestMs: 6000 },
    failures: [RESET],
  });
  assertEquals(end, [
    "unsent 4,321 messages were due and not sent: " +
    "server, connections or this client do not keep up",
    "open   12 messages were still on the way, the oldest for 6.00 s",
    "lost   1,500 messages were on the way when errors came",
    "stray  3 came too late, 1,234 came again",
    "errors",
    "  1,200 reset: it was reset",
  ]);
  const unanswered = { count: 1, oldestMs: 1000 };
  assertEquals(endOf({ unsent: 1, lost: 1, unanswered, late: 1 }), [
    "unsent 1 message was due and not sent: " +
    "server, connections or this client do not keep up",
    "open   1 message was still on the way, the oldest for 1.00 s",
    "lost   1 message was on the way when errors came",
    "stray  1 came too late",
  ]);
});

Deno.test("where datagrams are not answered, the rate may be why", () => {
  const hintOf = (
    url: string,
    rate?: number,
    kind: FailureKind = "timeout",
  ) => {
    const failures = [{ ...RESET, kind }];
    const plan = planOf({ target: parseTarget(url), rate });
    return resultText(resultOf({ failures }), plan).split("\n")
      .filter((line) => line.startsWith("hint"));
  };
  assertEquals(hintOf("udp://127.0.0.1:7"), [
    "hint   an echod answers 1000 datagrams a second to each address, unless " +
    "its --udp-rate says otherwise; --rate sends fewer",
  ]);
  assertEquals(hintOf("udp://127.0.0.1:7", 1001).length, 1);
  // A run that is shorter than the timeout ends before it.
  assertEquals(hintOf("udp://127.0.0.1:7", 1001, "unanswered").length, 1);
  assertEquals(hintOf("udp://127.0.0.1:7", 1000), []);
  assertEquals(hintOf("udp://127.0.0.1:7", undefined, "refused"), []);
  assertEquals(hintOf("tcp://127.0.0.1:7"), []);
});

Deno.test("a wrong byte has ended it all, so that nothing is said to be missing", () => {
  const end = endOf({
    ...{ unsent: 4321, lost: 7, failures: [RESET], wrong: "connection 1 …" },
    unanswered: { count: 12, oldestMs: 6 },
  });
  assertEquals(end, [
    ...["errors", "  1,200 reset: it was reset", "WRONG  connection 1 …"],
  ]);
});

Deno.test("without a connection nothing is sent, whatever else is to be told", () => {
  const opened = { open: 0, failures: [] };
  assertEquals(
    resultText(resultOf({ opened, failures: [RESET] }), planOf()),
    "nothing was sent\nerrors\n  1,200 reset: it was reset",
  );
  const target = parseTarget("http://127.0.0.1:7");
  assertEquals(
    resultText(resultOf({ opened }), planOf({ target })),
    "no first echo came back, and nothing more was sent",
  );
});

Deno.test("a wrong answer to the first message is told as any other", () => {
  const opened = { open: 1, failures: [] };
  const result = resultOf({
    ...{ opened, wrong: "connection 1 …", echoes: 0, durationMs: 0 },
    times: new HdrHistogram(),
  });
  assertEquals(
    resultText(result, planOf()),
    "0 echoes in 0.00 s\nrate   0 a second, 0 B a second each way\n" +
      "WRONG  connection 1 …",
  );
});

Deno.test("the same as an object", () => {
  const plan = planOf({ size: 2000, rate: 600 });
  const result = resultOf({
    ...{ unsent: 3, afterEnd: 1, lost: 4, late: 5, duplicates: 6 },
    ...{ unanswered: { count: 2, oldestMs: 1.00049 }, failures: [RESET] },
  });
  assertEquals(JSON.parse(JSON.stringify(resultObject(result, plan, 1))), {
    url: "tcp://127.0.0.1:7",
    ...{ connections: 1, size: 2000, pipeline: 1, rate: 600, threads: 1 },
    ...{ open: 1, notOpen: [], echoes: 1000, seconds: 2 },
    ...{ echoesPerSecond: 500, bytesPerSecond: 1_000_000 },
    timesMs: {
      ...{ min: 0.01, mean: 5.005, p50: 5.008, p90: 8.992, p99: 9.888 },
      ...{ "p99.9": 10, max: 10 },
    },
    ...{ afterEnd: 1, lost: 4, unsent: 3, late: 5, duplicates: 6 },
    unanswered: { count: 2, oldestMs: 1 },
    errors: [RESET],
  });
  const { wrong } = resultObject(resultOf({ wrong: "x" }), plan, 1) as {
    wrong?: string;
  };
  assertEquals(wrong, "x");
});
