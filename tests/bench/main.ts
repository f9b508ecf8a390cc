/**
 * Compares echod, with everything on, with what else echoes: bare loops of its
 * runtimes, servers in C, Node, socat, ncat and Python.
 *
 *     deno task bench                      all of it: about 40 minutes
 *     deno task bench --quick              a little of all: about 4 minutes
 *     deno task bench "64 B x 50" idle     scenarios whose names have this
 *     deno task bench --against bare,epoll echod and servers whose names have this
 *     deno task bench --rounds 9 --seconds 2
 *     deno task bench --report             what the last run had to say, once more
 *
 * A run of all of it writes the table into the README and the plot beside it;
 * others leave theirs in dist/bench/, unless they are told to `--write`.
 *
 * It exits with 1 if a claim does not hold, or one of echod's servers has failed;
 * with 0 also where something is not settled.
 *
 * What counts is the server's CPU time per echo (user and system, as Linux tells
 * it): on a busy machine it holds better than the rate.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { BENCH_DIST, buildPrograms } from "./build.ts";
import { failuresOf, judge } from "./claims.ts";
import { type Contestant, findContestants } from "./contestants.ts";
import { CREW_SCENARIOS } from "./crew.ts";
import { PINNING, pinSelf } from "./cores.ts";
import { describeMachine } from "./machine.ts";
import { publish } from "./publish.ts";
import { type Kept, Results } from "./results.ts";
import { OTHERS, run } from "./run.ts";
import { SCENARIOS } from "./scenarios.ts";
import { describeVerdict, holds } from "./verdict.ts";

const KEPT = `${BENCH_DIST}/results.json`;

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    quick: { type: "boolean" },
    report: { type: "boolean" },
    write: { type: "boolean" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    against: { type: "string" },
  },
});

const NAMES = [
  ...SCENARIOS.map(({ name }) => name),
  ...Object.values(OTHERS),
  ...CREW_SCENARIOS.keys(),
];

// A whole name means that one alone, though others may have it as a part.
const CHOSEN = new Set(
  positionals.flatMap((part) => {
    if (NAMES.includes(part)) return [part];
    const found = NAMES.filter((name) =>
      name.toLowerCase().includes(part.toLowerCase())
    );
    if (found.length > 0) return found;
    throw new TypeError(`Cannot find a scenario with "${part}" in its name`);
  }),
);

const isChosen = (name: string) => CHOSEN.size === 0 || CHOSEN.has(name);

function takesPart({ name, kind }: Contestant): boolean {
  if (kind === "echod" || values.against === undefined) return true;
  const parts = values.against.split(",");
  return parts.some((part) => name.toLowerCase().includes(part.toLowerCase()));
}

async function measure(): Promise<Results> {
  if (Deno.build.os !== "linux") {
    throw new Deno.errors.NotSupported("Cannot measure here: this needs Linux");
  }
  const programs = await buildPrograms();
  const contestants = (await findContestants(programs)).filter(takesPart);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  const seconds = Number(values.seconds ?? (values.quick ? 0.1 : 0.15));
  if (!(rounds >= 1 && seconds > 0)) {
    throw new RangeError("Cannot measure no rounds, or for no time");
  }
  const results = new Results({
    date: new Date().toISOString(),
    machine: `${await describeMachine()}; ${PINNING}`,
    rounds,
    servers: contestants.map(({ name }) => name),
    samples: {},
    failures: {},
  });
  await pinSelf();
  await run({
    program: programs.load,
    contestants,
    scenarios: SCENARIOS.filter(({ name }) => isChosen(name)),
    others: [...Object.values(OTHERS), ...CREW_SCENARIOS.keys()].filter(
      (name) => isChosen(name) && !(values.quick && name === OTHERS.churn),
    ),
    rounds,
    times: {
      seconds,
      warmup: Math.min(seconds / 3, 0.3),
      politeTurns: values.quick ? 2 : 8,
    },
    keep: ({ kept }) => Deno.writeTextFile(KEPT, JSON.stringify(kept)),
  }, results);
  return results;
}

const startedAt = performance.now();
const isAll = !values.quick && positionals.length === 0 && !values.against;
const results = values.report
  ? new Results(JSON.parse(await Deno.readTextFile(KEPT)) as Kept)
  : await measure();
await publish(results, values.write ?? (isAll && !values.report));
const minutes = (performance.now() - startedAt) / 60_000;
console.log(`\n${minutes.toFixed(1)} minutes; what it must show:\n`);
const verdicts = judge(results);
for (const verdict of verdicts) console.log(describeVerdict(verdict));
const failures = failuresOf(results);
for (const failure of failures) console.log(failure);
const isSo = verdicts.every((verdict) =>
  verdict.isAim || holds(verdict) !== false
);
if (!isSo || failures.length > 0) Deno.exitCode = 1;
