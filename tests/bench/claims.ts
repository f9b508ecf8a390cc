/**
 * What echod has set out to be, held against what a run has measured.
 *
 * @module
 */

import { NAMES } from "./contestants.ts";
import { CREW_SCENARIOS } from "./crew.ts";
import type { Figure, Results } from "./results.ts";
import { OTHERS } from "./run.ts";
import { BULK_MAIN, MAIN, SCENARIOS } from "./scenarios.ts";
import { type Estimate, ratioOf } from "./statistics.ts";
import { type Claim, holds, type Verdict } from "./verdict.ts";

/** Of whom things are claimed. */
export const ECHOD = [NAMES.deno, NAMES.bun, NAMES.executable] as const;

type Echod = typeof ECHOD[number];

const BARE: Readonly<Record<Echod, string>> = {
  [NAMES.deno]: NAMES.bareDeno,
  [NAMES.bun]: NAMES.bareBun,
  [NAMES.executable]: NAMES.bareBun,
};

const byRuntime = (echod: Echod, onBun: number, onDeno: number) =>
  echod === NAMES.deno ? onDeno : onBun;

/** All claims. */
export function judge(results: Results): Verdict[] {
  return ECHOD.flatMap((server) =>
    [
      ...judgeCpu(results, server),
      ...judgePeers(results, server),
      ...judgeBulk(results, server),
      ...judgeMemory(results, server),
      ...judgeManners(results, server),
      ...judgeStart(results, server),
      ...judgeCrew(results, server),
      ...judgeClient(results, server),
    ].map((claim) => ({ ...claim, server }))
  );
}

function judgeCpu(results: Results, echod: Echod): Claim[] {
  const cpu = (other: string) => results.ratio(MAIN, echod, other, "cpuMicros");
  const claim = `CPU per echo at ${MAIN}`;
  const againstC = {
    claim: `${claim}, against ${NAMES.epoll}`,
    ...cpu(NAMES.epoll),
    unit: " x",
  };
  return [
    { ...againstC, most: byRuntime(echod, 1.08, 1.28) },
    { ...againstC, most: byRuntime(echod, 1.02, 1.15), isAim: true },
    {
      claim: `${claim}, against the runtime's bare loop`,
      ...cpu(BARE[echod]),
      most: 1.03,
      unit: " x",
    },
  ];
}

function judgePeers(results: Results, echod: Echod): Claim[] {
  const peers = [NAMES.node, NAMES.socat, NAMES.ncat, NAMES.asyncio];
  return peers.map((peer) => {
    const claim = `CPU per echo in every scenario, against ${peer}`;
    const failed = SCENARIOS.filter(({ name }) => results.failure(name, peer));
    const goal = { claim, most: 1, unit: " x" };
    const verdicts = compareAll(results, echod, peer, "cpuMicros").map(
      (compared) => ({ ...goal, ...compared }),
    );
    const withOutcome = (isSo?: boolean) =>
      verdicts.filter((verdict) => holds(verdict) === isSo);
    const [behind, level, ahead] = [false, undefined, true].map(withOutcome);
    const [slowest] = compareAll(results, echod, peer, "rate").toReversed();
    // The first that there is decides about all.
    const [worst] = [...behind, ...level, ...ahead];
    const list = (what: string, names: readonly string[]) =>
      names.length > 0 && `${what} ${names.join("; ")}`;
    const missing = SCENARIOS.length - verdicts.length - failed.length;
    const notes = [
      missing > 0 && `without ${missing} of ${SCENARIOS.length} scenarios`,
      slowest && `echoes a second: at least ${slowest.measured.toFixed(2)} x`,
      worst === ahead[0] && worst && `closest at ${worst.scenario}`,
      list("behind at", behind.map(({ scenario }) => scenario)),
      list("not settled at", level.map(({ scenario }) => scenario)),
      list(`${peer} failed at`, failed.map(({ name }) => name)),
    ];
    const counts = [
      behind.length > 0 && `behind in ${behind.length}`,
      level.length > 0 && `not settled in ${level.length}`,
      `ahead in ${ahead.length}`,
    ];
    return {
      ...worst ?? { ...goal, measured: NaN },
      note: notes.filter(Boolean).join(", "),
      brief: [
        worst && `at ${worst.scenario}`,
        counts.filter(Boolean).join(", "),
      ].filter(Boolean).join("; "),
    };
  });
}

/** What echod has of a peer's figure, by scenario; the most first. */
function compareAll(
  results: Results,
  echod: Echod,
  peer: string,
  figure: Figure,
): (Estimate & { readonly scenario: string })[] {
  return SCENARIOS.map(({ name }) => ({
    ...results.ratio(name, echod, peer, figure),
    scenario: name,
  })).filter(({ measured }) => !Number.isNaN(measured))
    .toSorted((a, b) => b.measured - a.measured);
}

function judgeBulk(results: Results, echod: Echod): Claim[] {
  const goals = [[NAMES.epoll, 1.5], [NAMES.node, 3]] as const;
  return goals.map(([other, least]) => {
    const { measured: rate } = results.ratio(
      ...[BULK_MAIN, echod, other, "bytesPerSecond"] as const,
    );
    return {
      claim: `bytes a CPU second at ${BULK_MAIN}, against ${other}`,
      ...results.ratio(BULK_MAIN, other, echod, "cpuMicros"),
      least,
      unit: " x",
      note: `bytes a second: ${rate.toFixed(2)} x`,
    };
  });
}

function judgeMemory(results: Results, echod: Echod): Claim[] {
  const mib = results.all(OTHERS.churn, echod, "memoryMib");
  const text = (figures: readonly number[]) =>
    figures.map((figure) => figure.toFixed(0)).join(" ");
  const rests = results.all(OTHERS.churn, echod, "restMib");
  const growth = (rests[1] / rests[0] - 1) * 100;
  return [
    {
      claim: "memory of an idle connection at 10,000",
      ...results.estimate(OTHERS.idle, echod, "rss10000Kib"),
      most: byRuntime(echod, 2.5, 7),
      unit: " KiB",
    },
    {
      claim: "growth over ten rounds of 10,000 connections",
      // It has rounds of its own, once a run.
      ...{ measured: growth, lowest: growth, highest: growth },
      most: 5,
      unit: " %",
      note:
        `MiB after each: ${text(mib)}; at rest before and after those ten: ` +
        text(rests),
    },
  ];
}

function judgeManners(results: Results, echod: Echod): Claim[] {
  const all = (figure: Figure) => results.all(OTHERS.manners, echod, figure);
  const ratio = (rude: Figure) => ratioOf(all(rude), all("p99Micros"));
  return [{
    claim: "p99 of others while one client never reads",
    ...ratio("neverReadP99Micros"),
    most: 1.5,
    unit: " x",
    note: `and one sends at full speed: ${
      ratio("floodP99Micros").measured.toFixed(2)
    } x`,
  }];
}

function judgeStart(results: Results, echod: Echod): Claim[] {
  if (echod === NAMES.bun) return [];
  const ms = (name: string, figure: Figure = "firstEchoMs") =>
    results.estimate(OTHERS.firstEcho, name, figure);
  const { measured: bare } = ms(BARE[echod]);
  const goal = byRuntime(echod, 80, 120);
  const typed = ms(echod);
  const cached = ms(echod, "cachedFirstEchoMs");
  // The goal is one for a warm cache, with which Deno asks no network. Where JSR
  // is out of reach nothing warms it, and the stand-ins take as long as what it
  // would hold.
  const isCached = !Number.isNaN(cached.measured);
  const notes = [
    `goal ${goal} ms, or what the bare loop takes, ${
      bare.toFixed(1)
    } ms, plus 20`,
    isCached &&
    `with --cached-only; without it ${typed.measured.toFixed(1)} ms`,
  ];
  return [{
    claim: "time to the first echo",
    ...isCached ? cached : typed,
    most: Number.isNaN(bare) ? goal : Math.max(goal, Math.round(bare + 20)),
    unit: " ms",
    note: notes.filter(Boolean).join(", "),
    ...isCached && { brief: "with --cached-only" },
  }];
}

function judgeCrew(results: Results, echod: Echod): Claim[] {
  return [...CREW_SCENARIOS].flatMap(([name, scenario]) => {
    const all = (figure: Figure) => results.all(name, echod, figure);
    const ratio = (crew: Figure, alone: Figure) =>
      ratioOf(all(crew), all(alone));
    const claim = `two workers at ${scenario.name}`;
    return [
      {
        claim: `${claim}, CPU per echo against one`,
        ...ratio("crewCpuMicros", "cpuMicros"),
        most: 1.05,
        unit: " x",
      },
      {
        claim: `${claim}, echoes a second against one`,
        ...ratio("crewRate", "rate"),
        least: 1,
        unit: " x",
      },
    ];
  });
}

function judgeClient(results: Results, echod: Echod): Claim[] {
  return [{
    claim: "bench's echoes a second against a client in C",
    ...results.ratio(OTHERS.client, echod, NAMES.epoll, "rate"),
    least: 0.7,
    unit: " x",
  }];
}

/** Which of echod's figures a run lacks since something has failed. */
export function failuresOf(results: Results): string[] {
  return Object.entries(results.kept.failures).flatMap(([scenario, servers]) =>
    ECHOD.filter((name) => name in servers).map((name) =>
      `${name} has failed at ${scenario}: ${servers[name]}`
    )
  );
}
