/**
 * What a second worker brings, with the load client on the same cores.
 *
 * @module
 */

import type { Contestant } from "./contestants.ts";
import { measureLoad, type Times, warmServer } from "./measure.ts";
import type { Server } from "./processes.ts";
import type { Sample } from "./results.ts";
import { MAIN, SCENARIOS } from "./scenarios.ts";

const TURNS = 3;
const LOADS = [MAIN, "64 B x 500", "WebSocket 64 B x 50"];

/** Scenarios, by the name of what two workers do of it. */
export const CREW_SCENARIOS: ReadonlyMap<string, typeof SCENARIOS[number]> =
  new Map(
    SCENARIOS.filter(({ name }) => LOADS.includes(name))
      .map((scenario) => [`two workers, ${scenario.name}`, scenario]),
  );

/** Plays a load against one worker and against two; nothing is pinned. */
export async function measureCrew(
  program: string,
  { crew, ...contestant }: Contestant,
  scenario: typeof SCENARIOS[number],
  times: Times,
): Promise<Sample[]> {
  const { name, commands } = contestant;
  const start = (kind: string, commands: Contestant["commands"]) =>
    warmServer(
      program,
      { ...contestant, name: `${name} ${kind}`, commands, side: "any" },
      scenario.protocol,
    );
  await using one = await start("alone", commands);
  await using two = await start("crew", crew ?? {});
  const play = (server: Server) =>
    measureLoad(program, server, scenario, times, "any");
  const samples: Sample[] = [];
  while (samples.length < TURNS) {
    const { cpuMicros, rate } = await play(one);
    const both = await play(two);
    samples.push({
      ...{ cpuMicros, rate },
      ...{ crewCpuMicros: both.cpuMicros, crewRate: both.rate },
    });
  }
  return samples;
}
