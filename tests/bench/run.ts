/**
 * Runs all that is asked for, in turn.
 *
 * @module
 */

import { type Contestant, NAMES } from "./contestants.ts";
import { CREW_SCENARIOS, measureCrew } from "./crew.ts";
import {
  measureChurn,
  measureFirstEcho,
  measureIdle,
  measureLoad,
  measureManners,
  type Times,
  warmServer,
} from "./measure.ts";
import { measureClient } from "./own_client.ts";
import type { Server } from "./processes.ts";
import type { Results, Sample } from "./results.ts";
import type { Protocol, Scenario } from "./scenarios.ts";

/** The names of what is no load. */
export const OTHERS = {
  idle: "idle",
  churn: "10000 come and go",
  firstEcho: "first echo",
  manners: "polite among rude",
  client: "own client, 64 B x 50",
} as const;

/** What is run. */
export interface Plan {
  /** The path of the load client. */
  readonly program: string;
  /** Who takes part. */
  readonly contestants: readonly Contestant[];
  /** The loads. */
  readonly scenarios: readonly Scenario[];
  /** What is measured besides. */
  readonly others: readonly string[];
  /** How often. */
  readonly rounds: number;
  /** For how long. */
  readonly times: Times;
  /** Keeps what there is after each round. */
  readonly keep: (results: Results) => Promise<void>;
}

/** Who is measured, and how. */
interface Turns {
  /** Whether a server takes part; all do unless it says otherwise. */
  readonly takesPart?: (contestant: Contestant) => boolean;
  /** Whether all are measured at once, since memory has no need for quiet. */
  readonly isAtOnce?: boolean;
}

// A start takes so little that there can be more than one a round.
const STARTS = 2;

/** Runs it; what is measured goes to the results. */
export async function run(plan: Plan, results: Results): Promise<void> {
  for (let round = 0; round < plan.rounds; round++) {
    console.log(`round ${round + 1} of ${plan.rounds}`);
    // Nobody is always the first, nor always after the same.
    const order = rotated(plan.contestants, round);
    for (const protocol of ["tcp", "udp", "websocket"] as const) {
      await runLoads(plan, order, protocol, results);
    }
    await runOthers(plan, order, round, results);
    await plan.keep(results);
  }
}

function tell(name: string): void {
  const minutes = (performance.now() / 60_000).toFixed(2).padStart(5);
  console.log(`${minutes} min  ${name}`);
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

async function runLoads(
  { program, scenarios, others, times }: Plan,
  order: readonly Contestant[],
  protocol: Protocol,
  results: Results,
): Promise<void> {
  const loads = scenarios.filter((scenario) => scenario.protocol === protocol);
  const isRude = protocol === "tcp" && others.includes(OTHERS.manners);
  if (loads.length === 0 && !isRude) return;
  await using stack = new AsyncDisposableStack();
  const servers = new Map<Contestant, Server>();
  const start = async (contestant: Contestant) => {
    servers.delete(contestant);
    try {
      const server = await warmServer(program, contestant, protocol);
      servers.set(contestant, stack.use(server));
    } catch (error) {
      console.log(`           ${contestant.name} does not start: ${error}`);
    }
  };
  const speakers = order.filter(({ commands }) => commands[protocol]);
  for (const contestant of speakers) await start(contestant);
  const each = async (
    name: string,
    measure: (server: Server) => Promise<readonly Sample[]>,
  ) => {
    for (const contestant of speakers) {
      const server = servers.get(contestant);
      const isMeasured = await attempt(results, name, contestant, async () => {
        if (!server) throw new Error("does not start");
        return await measure(server);
      });
      // Who knows what state it is in.
      if (!isMeasured) {
        await server?.[Symbol.asyncDispose]();
        await start(contestant);
      }
    }
  };
  for (const scenario of loads) {
    tell(scenario.name);
    for (let turn = 0; turn < scenario.turns; turn++) {
      await each(
        scenario.name,
        async (server) => [await measureLoad(program, server, scenario, times)],
      );
    }
  }
  if (!isRude) return;
  tell(OTHERS.manners);
  await each(
    OTHERS.manners,
    (server) => measureManners(program, server, times),
  );
}

async function runOthers(
  { program, contestants, others, times }: Plan,
  order: readonly Contestant[],
  round: number,
  results: Results,
): Promise<void> {
  const each = async (
    name: string,
    measure: (contestant: Contestant) => Promise<readonly Sample[]>,
    { takesPart = () => true, isAtOnce = false }: Turns = {},
  ) => {
    if (!others.includes(name)) return;
    tell(name);
    const running: Promise<boolean>[] = [];
    for (const contestant of order.filter(takesPart)) {
      const turn = attempt(
        results,
        name,
        contestant,
        () => measure(contestant),
      );
      running.push(turn);
      if (!isAtOnce) await turn;
    }
    await Promise.all(running);
  };
  await each(OTHERS.firstEcho, async (contestant) => {
    const samples: Sample[] = [];
    while (samples.length < STARTS) {
      samples.push(await measureFirstEcho(contestant));
    }
    return samples;
    // It takes longer to find out where those listen that do not tell.
  }, { takesPart: ({ isSilent }) => !isSilent });
  await each(
    OTHERS.idle,
    async (contestant) => [await measureIdle(program, contestant)],
    // A process for each would take minutes, and what it costs is known.
    { takesPart: ({ forks }) => !forks, isAtOnce: true },
  );
  for (const [name, scenario] of CREW_SCENARIOS) {
    await each(
      name,
      (it) => measureCrew(program, it, scenario, times),
      { takesPart: ({ crew }) => crew !== undefined },
    );
  }
  const reference = contestants.find(({ name }) => name === NAMES.epoll);
  if (reference && others.includes(OTHERS.client)) {
    await using server = await warmServer(program, reference);
    await each(
      OTHERS.client,
      async (it) => [await measureClient(program, it, server, times)],
      { takesPart: (it) => it === reference || it.client !== undefined },
    );
  }
  // It has rounds of its own.
  if (round > 0) return;
  await each(
    OTHERS.churn,
    (contestant) => measureChurn(program, contestant),
    { takesPart: ({ kind }) => kind === "echod", isAtOnce: true },
  );
}

/** Measures, unless that has failed before; gives back whether it has failed now. */
async function attempt(
  results: Results,
  scenario: string,
  { name }: Contestant,
  measure: () => Promise<readonly Sample[]>,
): Promise<boolean> {
  if (results.failure(scenario, name) !== undefined) return true;
  try {
    for (const sample of await measure()) results.add(scenario, name, sample);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : `${error}`;
    console.log(`           ${name} has failed: ${reason}`);
    results.fail(scenario, name, reason.split("\n")[0]);
    return false;
  }
}
