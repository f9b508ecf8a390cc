/**
 * Compares echod, with everything on, with the bare loop of its runtime:
 * 50 connections play ping-pong with 64 bytes, against each server in turn.
 *
 *     deno task bench [rounds] [seconds]
 *
 * What counts is the server's CPU time per echo (user and system, read from
 * /proc, so on Linux alone): on a busy machine it holds better than the rate.
 *
 * @module
 */

import { assert } from "../assert.ts";
import { connect, noise, receive, send } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import {
  bunCommand,
  denoCommand,
  executable,
  type Target,
} from "../targets.ts";
import { repositoryPath } from "../paths.ts";

const CONNECTIONS = 50;
const MESSAGE = noise(64);

interface Contestant extends Target {
  readonly label: string;
}

interface Result {
  readonly cpuMicros: number;
  readonly rate: number;
}

const [rounds, seconds] = [Deno.args[0] ?? "5", Deno.args[1] ?? "3"].map(
  Number,
);

const bare = (name: string) => repositoryPath(`tests/bench/bare_${name}.ts`);

const CONTESTANTS: readonly Contestant[] = [
  { ...denoCommand("-N"), label: "echod on Deno" },
  {
    name: "deno",
    runtime: "deno",
    command: [Deno.execPath(), "run", "-N", bare("deno")],
    label: "bare loop on Deno",
  },
  { ...bunCommand, label: "echod on Bun" },
  { ...executable, label: "echod's executable" },
  {
    name: "bun",
    runtime: "bun",
    command: [bunCommand.command[0], bare("bun")],
    label: "bare loop on Bun",
  },
];

/** Plays ping-pong until it is told to stop; gives back how often. */
async function play(port: number, stop: AbortSignal): Promise<number> {
  using conn = await connect(port);
  let echoes = 0;
  while (!stop.aborted) {
    await send(conn, MESSAGE);
    const { length } = await receive(conn, MESSAGE.length);
    assert(length === MESSAGE.length, "the server ended the connection");
    echoes++;
  }
  return echoes;
}

async function measure(contestant: Contestant): Promise<Result> {
  await using server = await ServerProcess.start(contestant);
  // The first second goes to the compiler, not to the result.
  await playAll(server.port, 1);
  const before = await server.cpuSeconds();
  const echoes = await playAll(server.port, seconds);
  const cpuSeconds = await server.cpuSeconds() - before;
  return { cpuMicros: cpuSeconds / echoes * 1e6, rate: echoes / seconds };
}

async function playAll(port: number, seconds: number): Promise<number> {
  const stop = AbortSignal.timeout(seconds * 1000);
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => play(port, stop)),
  );
  return counts.reduce((sum, count) => sum + count);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const results = new Map<string, Result[]>();
for (let round = 0; round < rounds; round++) {
  for (const contestant of CONTESTANTS) {
    const list = results.get(contestant.label) ?? [];
    results.set(contestant.label, [...list, await measure(contestant)]);
  }
}

const cpu = (label: string) =>
  median(results.get(label)!.map(({ cpuMicros }) => cpuMicros));
console.log(`${CONNECTIONS} x ${MESSAGE.length} B, median of ${rounds} rounds`);
for (const [label, list] of results) {
  const all = list.map(({ cpuMicros }) => cpuMicros.toFixed(2)).join(" ");
  const rate = Math.round(median(list.map(({ rate }) => rate)));
  console.log(
    `${label.padEnd(18)} ${cpu(label).toFixed(2)} us CPU per echo (${all}), ` +
      `${rate} echoes/s`,
  );
}
for (const runtime of ["Deno", "Bun"]) {
  const ratio = cpu(`echod on ${runtime}`) / cpu(`bare loop on ${runtime}`);
  console.log(`${runtime}: echod takes ${ratio.toFixed(3)} x the bare loop`);
}
