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
import { median, ratioOf } from "./statistics.ts";

/** A claim, and what has come of it. */
export interface Verdict {
  /** What is claimed. */
  readonly claim: string;
  /** What was measured; NaN if it was not. */
  readonly measured: number;
  /** The most that it may be; absent where there is a least. */
  readonly most?: number;
  /** The least that it may be. */
  readonly least?: number;
  /** Its unit. */
  readonly unit: string;
  /** Whether it is only tried for. */
  readonly isAim?: true;
  /** What else there is to say. */
  readonly note?: string;
}

const ECHOD = [NAMES.bun, NAMES.executable, NAMES.deno] as const;

type Echod = typeof ECHOD[number];

const BARE: Readonly<Record<Echod, string>> = {
  [NAMES.deno]: NAMES.bareDeno,
  [NAMES.bun]: NAMES.bareBun,
  [NAMES.executable]: NAMES.bareBun,
};

const byRuntime = (echod: Echod, onBun: number, onDeno: number) =>
  echod === NAMES.deno ? onDeno : onBun;

/** Whether a claim holds; `undefined` if it was not measured. */
export function holds(
  { measured, most = Infinity, least = -Infinity }: Verdict,
): boolean | undefined {
  if (Number.isNaN(measured)) return undefined;
  return measured <= most && measured >= least;
}

/** A verdict as a line of text. */
export function describeVerdict(verdict: Verdict): string {
  const { claim, measured, most, least, unit, isAim, note } = verdict;
  const isSo = holds(verdict);
  const words = isAim ? ["aim met", "aim missed"] : ["holds", "DOES NOT HOLD"];
  const word = isSo === undefined ? "not measured" : words[isSo ? 0 : 1];
  const limit = most === undefined
    ? `at least ${least}${unit}`
    : `at most ${most}${unit}`;
  const figure = `${measured.toFixed(Math.abs(measured) < 10 ? 3 : 1)}${unit}`;
  const figures = isSo === undefined ? limit : `${figure}, ${limit}`;
  return `${word}: ${claim}: ${figures}${note ? ` (${note})` : ""}`;
}

/** All claims. */
export function judge(results: Results): Verdict[] {
  return ECHOD.flatMap((echod) => [
    ...judgeCpu(results, echod),
    ...judgePeers(results, echod),
    ...judgeBulk(results, echod),
    ...judgeMemory(results, echod),
    ...judgeManners(results, echod),
    ...judgeStart(results, echod),
    ...judgeCrew(results, echod),
    ...judgeClient(results, echod),
  ]);
}

function judgeCpu(results: Results, echod: Echod): Verdict[] {
  const cpu = (other: string) => results.ratio(MAIN, echod, other, "cpuMicros");
  const claim = `${echod}, CPU per echo at ${MAIN}`;
  const againstC = {
    claim: `${claim}, against ${NAMES.epoll}`,
    measured: cpu(NAMES.epoll),
    unit: " x",
  };
  return [
    { ...againstC, most: byRuntime(echod, 1.08, 1.28) },
    { ...againstC, most: byRuntime(echod, 1.02, 1.15), isAim: true },
    {
      claim: `${claim}, against the ${BARE[echod]}`,
      measured: cpu(BARE[echod]),
      most: 1.03,
      unit: " x",
    },
  ];
}

function judgePeers(results: Results, echod: Echod): Verdict[] {
  const peers = [NAMES.node, NAMES.socat, NAMES.ncat, NAMES.asyncio];
  return peers.map((peer) => {
    const failed = SCENARIOS.filter(({ name }) => results.failure(name, peer));
    const ratios = SCENARIOS.map(({ name }) => ({
      name,
      ratio: results.ratio(name, echod, peer, "cpuMicros"),
    })).filter(({ ratio }) => !Number.isNaN(ratio));
    const [worst] = ratios.toSorted((a, b) => b.ratio - a.ratio);
    const behind = ratios.filter(({ ratio }) => ratio >= 1);
    const [slowest] = SCENARIOS.map(({ name }) => ({
      name,
      rate: results.ratio(name, echod, peer, "rate"),
    })).filter(({ rate }) => !Number.isNaN(rate))
      .toSorted((a, b) => a.rate - b.rate);
    const notes = [
      slowest && `echoes a second: at least ${slowest.rate.toFixed(2)} x`,
      worst && `closest at ${worst.name}`,
      behind.length > 1 &&
      `behind at ${behind.map(({ name }) => name).join("; ")}`,
      failed.length > 0 &&
      `${peer} failed at ${failed.map(({ name }) => name).join("; ")}`,
    ];
    return {
      claim: `${echod}, CPU per echo in every scenario, against ${peer}`,
      measured: worst?.ratio ?? NaN,
      most: 1,
      unit: " x",
      note: notes.filter(Boolean).join(", "),
    };
  });
}

function judgeBulk(results: Results, echod: Echod): Verdict[] {
  const goals = [[NAMES.epoll, 1.5], [NAMES.node, 3]] as const;
  return goals.map(([other, least]) => {
    const rate = results.ratio(BULK_MAIN, echod, other, "bytesPerSecond");
    return {
      claim: `${echod}, bytes a CPU second at ${BULK_MAIN}, against ${other}`,
      measured: results.ratio(BULK_MAIN, other, echod, "cpuMicros"),
      least,
      unit: " x",
      note: `bytes a second: ${rate.toFixed(2)} x`,
    };
  });
}

function judgeMemory(results: Results, echod: Echod): Verdict[] {
  const kib = results.all(OTHERS.idle, echod, "rss10000Kib");
  const mib = results.all(OTHERS.churn, echod, "memoryMib");
  const text = (figures: readonly number[]) =>
    figures.map((figure) => figure.toFixed(0)).join(" ");
  const rests = results.all(OTHERS.churn, echod, "restMib");
  return [
    {
      claim: `${echod}, memory of an idle connection at 10,000`,
      measured: median(kib),
      most: byRuntime(echod, 2.5, 7),
      unit: " KiB",
    },
    {
      claim: `${echod}, growth over ten rounds of 10,000 connections`,
      measured: (rests[1] / rests[0] - 1) * 100,
      most: 5,
      unit: " %",
      note:
        `MiB after each: ${text(mib)}; at rest before and after those ten: ` +
        text(rests),
    },
  ];
}

function judgeManners(results: Results, echod: Echod): Verdict[] {
  const all = (figure: Figure) => results.all(OTHERS.manners, echod, figure);
  const ratio = (rude: Figure) => {
    const alone = all("p99Micros");
    return median(all(rude).map((value, round) => value / alone[round]));
  };
  return [{
    claim: `${echod}, p99 of others while one client never reads`,
    measured: ratio("neverReadP99Micros"),
    most: 1.5,
    unit: " x",
    note: `and one sends at full speed: ${
      ratio("floodP99Micros").toFixed(2)
    } x`,
  }];
}

function judgeStart(results: Results, echod: Echod): Verdict[] {
  if (echod === NAMES.bun) return [];
  const ms = (name: string, figure: Figure = "firstEchoMs") =>
    median(results.all(OTHERS.firstEcho, name, figure));
  const bare = ms(BARE[echod]);
  const goal = byRuntime(echod, 80, 120);
  const typed = ms(echod);
  const cached = ms(echod, "cachedFirstEchoMs");
  // The goal is one for a warm cache, with which Deno asks no network. Where JSR
  // is out of reach nothing warms it, and the stand-ins take as long as what it
  // would hold.
  const isCached = !Number.isNaN(cached);
  const notes = [
    `goal ${goal} ms, or what the bare loop takes, ${
      bare.toFixed(1)
    } ms, plus 20`,
    isCached && `without --cached-only: ${typed.toFixed(1)} ms`,
  ];
  return [{
    claim: `${echod}, time to the first echo${
      isCached ? ", asking no network" : ""
    }`,
    measured: isCached ? cached : typed,
    most: Number.isNaN(bare) ? goal : Math.max(goal, Math.round(bare + 20)),
    unit: " ms",
    note: notes.filter(Boolean).join(", "),
  }];
}

function judgeCrew(results: Results, echod: Echod): Verdict[] {
  return [...CREW_SCENARIOS].flatMap(([name, scenario]) => {
    const all = (figure: Figure) => results.all(name, echod, figure);
    const claim = `${echod}, two workers at ${scenario.name}`;
    return [
      {
        claim: `${claim}, CPU per echo against one`,
        measured: ratioOf(all("crewCpuMicros"), all("cpuMicros")),
        most: 1.05,
        unit: " x",
      },
      {
        claim: `${claim}, echoes a second against one`,
        measured: ratioOf(all("crewRate"), all("rate")),
        least: 1,
        unit: " x",
      },
    ];
  });
}

function judgeClient(results: Results, echod: Echod): Verdict[] {
  return [{
    claim: `${echod}, bench's echoes a second against a client in C`,
    measured: results.ratio(OTHERS.client, echod, NAMES.epoll, "rate"),
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
