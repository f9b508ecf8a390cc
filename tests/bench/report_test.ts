import { assert, assertEquals, assertThrows } from "../assert.ts";
import { outputOf } from "../targets.ts";
import { failuresOf, judge } from "./claims.ts";
import { NAMES } from "./contestants.ts";
import { CREW_SCENARIOS } from "./crew.ts";
import { plot } from "./plot.ts";
import { replaceMarked, report } from "./publish.ts";
import { Results } from "./results.ts";
import { OTHERS } from "./run.ts";
import { BULK_MAIN, MAIN, SCENARIOS } from "./scenarios.ts";
import { describeVerdict, holds } from "./verdict.ts";
import {
  claims,
  crews,
  describeSummary,
  details,
  digits,
  overview,
} from "./table.ts";

const SERVERS = [NAMES.epoll, NAMES.bareBun, NAMES.bun, NAMES.ncat];

// Of fewer turns there is nothing sure.
const ENOUGH = 5;

/** Adds the same sample as often as is enough to tell something. */
function addEnough(results: Results, ...args: Parameters<Results["add"]>) {
  for (let turn = 0; turn < ENOUGH; turn++) results.add(...args);
}

function someResults(times = 1): Results {
  const results = new Results({
    date: "2026-11-21T10:00:00.000Z",
    machine: "a machine with a processor, a kernel and two runtimes, all told",
    rounds: 3,
    servers: SERVERS,
    samples: {},
    failures: {},
  });
  const cpu = [[5, 5.5, 5.4], [5, 11, 5], [6, 13, 4], [30, 31, 29]];
  for (const [i, server] of SERVERS.entries()) {
    for (const cpuMicros of Array(times).fill(cpu[i]).flat()) {
      results.add(MAIN, server, { cpuMicros, rate: 1e6 / cpuMicros });
    }
  }
  return results;
}

/** The verdict about the claim of a server that has these words. */
function verdictOn(
  results: Results,
  server: string,
  ...words: readonly string[]
) {
  const found = judge(results).filter((it) =>
    !it.isAim && it.server === server &&
    words.every((word) => it.claim.includes(word))
  );
  assertEquals(found.length, 1, `${words} fits ${found.length} claims`);
  return found[0];
}

Deno.test("numbers have three digits, and their spread", () => {
  assertEquals([1.2345, 12.345, 1234.5].map(digits), ["1.23", "12.3", "1235"]);
  const summary = { median: 2000, low: 1500, high: 2600 };
  assertEquals(describeSummary(summary, 1000), "2.00 (1.50–2.60)");
  const single = { median: 2, low: 2, high: 2 };
  assertEquals(describeSummary(single), "2.00");
  assertEquals(describeSummary(undefined), "–");
});

Deno.test("the tables tell what failed from what did not take part", () => {
  const results = someResults();
  results.fail(MAIN, NAMES.ncat, "stalled");
  const row = (table: string, start: string) =>
    table.split("\n").find((line) => line.startsWith(`| ${start}`))!
      .split("|").map((cell) => cell.trim()).slice(1, -1);
  const main = row(overview(results), NAMES.bun);
  assertEquals(main.slice(0, 4), [
    ...[NAMES.bun, "6.00 (5.00–9.50)", "1.20 x"],
    "167 (122–208)",
  ]);
  assertEquals(row(overview(results), NAMES.ncat)[1], "fails");
  const cpu = row(details(results), MAIN);
  assertEquals(cpu, [MAIN, "5.40", "5.00", "6.00", "fails"]);
  const bulk = row(details(results), BULK_MAIN);
  assertEquals(bulk, [BULK_MAIN, "–", "–", "–", "–"]);
});

Deno.test("the report is as the formatter wants it", async () => {
  const path = await Deno.makeTempFile({ suffix: ".md" });
  const text = "# A\n\n<!-- bench -->\n\nold\n\n<!-- /bench -->\n\nB\n";
  const content = report(someResults());
  await Deno.writeTextFile(path, replaceMarked(text, content));
  await outputOf(Deno.execPath(), ["fmt", "--check", path]);
  await Deno.remove(path);
});

Deno.test("what stands around the marks stays, and marks are needed", () => {
  const text = "A\n<!-- bench -->\nold\n<!-- /bench -->\nB\n";
  assertEquals(
    replaceMarked(text, "new"),
    "A\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\nB\n",
  );
  const wrong = "<!-- /bench -->\n<!-- bench -->";
  assertThrows(() => replaceMarked(wrong, "new"), TypeError, "no <!-- bench");
});

Deno.test("a claim is judged by what was measured", () => {
  const results = someResults(2);
  const bare = verdictOn(results, NAMES.bun, "bare loop");
  // Of the rounds' 1.2, 1.18 and 0.8.
  assertEquals(bare.measured.toFixed(3), "1.182");
  assertEquals(holds(bare), undefined);
  const claim = "echod on Bun, CPU per echo at 64 B x 50, against the " +
    "runtime's bare loop: 1.18 x";
  assertEquals(
    describeVerdict(bare),
    `not settled: ${claim} (0.80 to 1.20), at most 1.03 x`,
  );
  const surely = { ...bare, lowest: 1.04 };
  assertEquals(holds(surely), false);
  assertEquals(
    describeVerdict(surely),
    `DOES NOT HOLD: ${claim} (1.04 to 1.20), at most 1.03 x`,
  );
  const met = { ...bare, measured: 1, highest: 1.03 };
  assertEquals(holds(met), true);
  assert(describeVerdict(met).startsWith("holds: "));
  const aim = { ...met, isAim: true } as const;
  assert(describeVerdict(aim).startsWith("aim met: "));
  const ncat = verdictOn(results, NAMES.bun, NAMES.ncat);
  assertEquals([holds(ncat), ncat.measured], [true, 6 / 30]);
  const unmeasured = verdictOn(results, NAMES.deno, "never reads");
  assertEquals(holds(unmeasured), undefined);
  assert(describeVerdict(unmeasured).startsWith("not measured: "));
  const cells = claims(results).split("\n").find((line) =>
    line.includes("bare loop")
  )!.split("|").map((cell) => cell.trim());
  assertEquals(cells.slice(2, 4), [
    "–",
    "not settled: 1.18 x (0.80 to 1.20), at most 1.03 x",
  ]);
});

Deno.test("more bytes a CPU second are better", () => {
  const results = someResults();
  const bytesPerSecond = 2e9;
  addEnough(results, BULK_MAIN, NAMES.epoll, {
    ...{ cpuMicros: 30, bytesPerSecond },
  });
  addEnough(results, BULK_MAIN, NAMES.bun, {
    ...{ cpuMicros: 15, bytesPerSecond: 1.5 * bytesPerSecond },
  });
  const bulk = verdictOn(results, NAMES.bun, "bytes", NAMES.epoll);
  assertEquals([bulk.measured, holds(bulk)], [2, true]);
  assertEquals(bulk.note, "bytes a second: 1.50 x");
  assertEquals(holds({ ...bulk, lowest: 1.4 }), undefined);
  assertEquals(holds({ ...bulk, lowest: 1.4, highest: 1.49 }), false);
});

Deno.test("a peer that echod is behind of anywhere breaks the claim", () => {
  const results = someResults(2);
  const ahead = verdictOn(results, NAMES.bun, NAMES.ncat);
  assertEquals(holds(ahead), true);
  assert(ahead.note?.endsWith(`closest at ${MAIN}`));
  const scenarios = SCENARIOS.length;
  const missing = `without ${scenarios - 1} of ${scenarios} scenarios, `;
  assert(ahead.note?.startsWith(missing));
  addEnough(results, "1 B x 1", NAMES.ncat, { cpuMicros: 1 });
  addEnough(results, "1 B x 1", NAMES.bun, { cpuMicros: 1.5 });
  const behind = verdictOn(results, NAMES.bun, NAMES.ncat);
  assertEquals([holds(behind), behind.measured], [false, 1.5]);
  assert(behind.note?.endsWith("at least 5.00 x, behind at 1 B x 1"));
  addEnough(results, "1 B x 50", NAMES.ncat, { cpuMicros: 1 });
  for (const cpuMicros of [0.5, 0.6, 0.7, 0.8, 1.1]) {
    results.add("1 B x 50", NAMES.bun, { cpuMicros });
  }
  const both = verdictOn(results, NAMES.bun, NAMES.ncat);
  assertEquals(holds(both), false);
  assert(both.note?.endsWith("at 1 B x 1, not settled at 1 B x 50"));
  const counts = "behind in 1, not settled in 1, ahead in 1";
  assertEquals(both.brief, `at 1 B x 1; ${counts}`);
  assert(claims(results).includes(`at most 1 x; ${both.brief}`));
});

Deno.test("two workers are held against one, and echod's client against C's", () => {
  const results = someResults();
  const [name] = CREW_SCENARIOS.keys();
  const sample = { cpuMicros: 10, rate: 1e5, crewCpuMicros: 11, crewRate: 2e5 };
  addEnough(results, name, NAMES.bun, sample);
  const load = CREW_SCENARIOS.get(name)!.name;
  const words = [NAMES.bun, `two workers at ${load},`] as const;
  const cpu = verdictOn(results, ...words, "CPU");
  assertEquals([cpu.measured, holds(cpu)], [1.1, false]);
  const rate = verdictOn(results, ...words, "echoes a second");
  assertEquals([rate.measured, holds(rate)], [2, true]);
  assert(crews(results).includes(`${NAMES.bun}, ${load}`));
  assert(!crews(results).includes(NAMES.epoll));
  addEnough(results, OTHERS.client, NAMES.epoll, { rate: 2e5 });
  addEnough(results, OTHERS.client, NAMES.bun, { rate: 1.5e5 });
  const client = verdictOn(results, NAMES.bun, "bench's");
  assertEquals([client.measured, holds(client)], [0.75, true]);
});

Deno.test("growth is told by what is left at rest, not by garbage", () => {
  const results = someResults();
  for (const [round, memoryMib] of [100, 150, 120, 180, 130].entries()) {
    const restMib = [undefined, undefined, 80, undefined, 82][round];
    results.add(OTHERS.churn, NAMES.bun, { memoryMib, restMib });
  }
  const growth = verdictOn(results, NAMES.bun, "growth");
  assertEquals([growth.measured.toFixed(2), holds(growth)], ["2.50", true]);
  assertEquals(
    growth.note,
    "MiB after each: 100 150 120 180 130; at rest before and after those " +
      "ten: 80 82",
  );
});

Deno.test("echod's failures are told, and those of others are not", () => {
  const results = someResults();
  results.fail(MAIN, NAMES.ncat, "stalled");
  results.fail(OTHERS.idle, NAMES.deno, "wrong byte");
  assertEquals(failuresOf(results), [
    "echod on Deno has failed at idle: wrong byte",
  ]);
  // Nor is there anything left of a server that has failed.
  assertEquals(results.all(MAIN, NAMES.ncat, "cpuMicros"), []);
});

Deno.test("results survive a file", () => {
  const { kept } = someResults();
  const again = new Results(JSON.parse(JSON.stringify(kept)));
  again.add(MAIN, NAMES.bun, { cpuMicros: 1 });
  assertEquals(again.all(MAIN, NAMES.bun, "cpuMicros"), [6, 13, 4, 1]);
  assertEquals(kept.samples[MAIN][NAMES.bun].length, 3);
});

Deno.test("the plot draws every server that was measured, to scale", () => {
  const results = someResults();
  const bars = [...plot(results).matchAll(/<rect .*?width="([\d.]+)"/g)];
  const [epoll, , bun, ncat] = bars.map(([, width]) => Number(width));
  assertEquals(bars.length, SERVERS.length);
  assertEquals((bun / epoll).toFixed(2), (6 / 5.4).toFixed(2));
  // One that is far behind does not squeeze the others.
  assert(ncat < 5 * bun && ncat > bun);
  results.fail(MAIN, NAMES.ncat, "stalled");
  assertEquals(plot(results).match(/<rect /g)?.length, SERVERS.length - 1);
});
