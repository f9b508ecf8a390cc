/**
 * How each thing is measured.
 *
 * @module
 */

import type { Contestant } from "./contestants.ts";
import type { Side } from "./cores.ts";
import { Load } from "./load.ts";
import { Server } from "./processes.ts";
import type { Sample } from "./results.ts";
import type { Protocol, Scenario } from "./scenarios.ts";
import { soon } from "../server_process.ts";

/** How long things are measured. */
export interface Times {
  /** Seconds of each load. */
  readonly seconds: number;
  /** Seconds that it is played before that. */
  readonly warmup: number;
  /** How often the waits of polite clients are measured a round. */
  readonly politeTurns: number;
}

// Collectors of garbage and those who wait for an end need a moment.
const REST_MS = 700;
// Deno's collects what is left of a crowd after half a minute, Bun's sooner.
const LONG_REST_MS = 40_000;
// With UDP, Deno gets faster for a second and more.
const WARM_SECONDS = 1.5;
// The first rounds are for what is made once, which on Deno takes until the
// fifteenth; ten are judged.
const SETTLED = 15;
const CHURNS = SETTLED + 10;
const FEW = 1000;
const CROWD = 10_000;
// A client that does no harm: so many messages a second, so many connections.
const POLITE = ["--connections", "20", "--rate", "100", "--size", "64"];
// A machine that stands still for a moment spoils the turn that it is in, which
// is a short one for that.
const POLITE_TIMES = ["--seconds", "0.12", "--warmup", "0.1"];
const FLOOD = ["--size", "65536", "--pipeline", "16", "--seconds", "60"];

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

function startServer(
  { commands, ...start }: Contestant,
  protocol: Protocol = "tcp",
): Promise<Server> {
  const command = commands[protocol];
  if (!command) throw new TypeError(`${start.name} speaks no ${protocol}`);
  return Server.start({ ...start, command });
}

/** A server that has compiled what it needs. */
export async function warmServer(
  program: string,
  contestant: Contestant,
  protocol: Protocol = "tcp",
): Promise<Server> {
  const server = await startServer(contestant, protocol);
  const flags = ["--connections", "50", "--seconds", `${WARM_SECONDS}`];
  if (protocol !== "tcp") flags.push(`--${protocol}`);
  try {
    await using load = new Load(program, "echo", server.port, flags);
    await load.line();
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

async function restedServer(
  program: string,
  contestant: Contestant,
): Promise<Server> {
  const server = await warmServer(program, contestant);
  await sleep(REST_MS);
  return server;
}

/** Plays a load against a server, which is at rest before and after. */
export async function measureLoad(
  program: string,
  server: Server,
  { load: [mode, ...flags] }: Scenario,
  { seconds, warmup }: Pick<Times, "seconds" | "warmup">,
  side?: Side,
): Promise<Sample> {
  const times = { seconds, warmup, wait: "" };
  const all = Object.entries(times).flatMap(([name, value]) =>
    [`--${name}`, `${value}`].filter((word) => word !== "")
  );
  const words = [...flags, ...all];
  await using load = new Load(program, mode, server.port, words, side);
  await load.line();
  const before = server.cpuMicros();
  const { echoes, bytes, ...result } = await load.result();
  const cpuMicros = (server.cpuMicros() - before) / echoes;
  await load.leave();
  return {
    cpuMicros,
    rate: echoes / result.seconds,
    bytesPerSecond: bytes / result.seconds,
    p50Micros: result.p50Micros,
    p99Micros: result.p99Micros,
  };
}

/**
 * What idle connections cost, in KiB each: 1,000 and 10,000 as they have come,
 * and 10,000 once garbage has been collected.
 */
export async function measureIdle(
  program: string,
  contestant: Contestant,
): Promise<Sample> {
  await using server = await restedServer(program, contestant);
  const before = server.memory();
  const perConnection = async (connections: number, restMs: number) => {
    await sleep(restMs);
    const { rssKib, pssKib } = server.memory();
    return [
      (rssKib - before.rssKib) / connections,
      (pssKib - before.pssKib) / connections,
    ];
  };
  await using few = await openIdle(program, server, FEW);
  const [rss1000Kib] = await perConnection(FEW, REST_MS);
  await using others = await openIdle(program, server, CROWD - FEW);
  const [fresh10000Kib] = await perConnection(CROWD, REST_MS);
  const [rss10000Kib, pss10000Kib] = await perConnection(CROWD, LONG_REST_MS);
  await Promise.all([few.leave(), others.leave()]);
  return { rss1000Kib, fresh10000Kib, rss10000Kib, pss10000Kib };
}

/**
 * What is resident each time that a crowd has come, echoed and left; before
 * and after the ten that count also what is, once garbage has been collected.
 */
export async function measureChurn(
  program: string,
  contestant: Contestant,
): Promise<Sample[]> {
  await using server = await restedServer(program, contestant);
  const memoryMib = () => server.memory().rssKib / 1024;
  const samples: Sample[] = [];
  while (samples.length < CHURNS) {
    await using load = await openIdle(program, server, CROWD);
    await load.leave();
    await sleep(REST_MS);
    const sample = { memoryMib: memoryMib() };
    if ([SETTLED, CHURNS].includes(samples.length + 1)) {
      await sleep(LONG_REST_MS);
      samples.push({ ...sample, restMib: memoryMib() });
    } else samples.push(sample);
  }
  return samples;
}

/**
 * The time from the start of the process to the first echo, also where nothing
 * may be looked for in the network.
 */
export async function measureFirstEcho(
  contestant: Contestant,
): Promise<Sample> {
  const { cached } = contestant;
  const firstEchoMs = await startAndEcho(contestant);
  if (!cached) return { firstEchoMs };
  const commands = { tcp: cached };
  const cachedFirstEchoMs = await startAndEcho({ ...contestant, commands });
  return { firstEchoMs, cachedFirstEchoMs };
}

async function startAndEcho(contestant: Contestant): Promise<number> {
  const startedAt = performance.now();
  await using server = await startServer(contestant);
  using conn = await Deno.connect({ port: server.port, hostname: "127.0.0.1" });
  await conn.write(new TextEncoder().encode("!"));
  const read = await soon(conn.read(new Uint8Array(1)), "the first echo");
  if (read !== 1) throw new Error(`${contestant.name} does not echo`);
  return performance.now() - startedAt;
}

/**
 * How long others wait alone and while one never reads, in turn; then, while
 * another sends at full speed as well.
 */
export async function measureManners(
  program: string,
  server: Server,
  { politeTurns }: Times,
): Promise<Sample[]> {
  const turn = async () => {
    const flags = [...POLITE, ...POLITE_TIMES, "--wait"];
    await using load = new Load(program, "echo", server.port, flags);
    await load.line();
    const { p99Micros } = await load.result();
    await load.leave();
    return p99Micros;
  };
  const pairs: Sample[] = [];
  while (pairs.length < politeTurns) {
    const p99Micros = await turn();
    await using _ = await openNeverReader(program, server);
    pairs.push({ p99Micros, neverReadP99Micros: await turn() });
  }
  await using _ = await openNeverReader(program, server);
  const flags = [...FLOOD, "--wait"];
  // It may not take the core of those who are measured.
  const meek = ["nice", "-n", "19", program];
  await using flood = new Load(meek, "echo", server.port, flags);
  await flood.line();
  await flood.begin();
  const samples: Sample[] = [];
  for (const pair of pairs) {
    samples.push({ ...pair, floodP99Micros: await turn() });
  }
  return samples;
}

async function openNeverReader(program: string, server: Server): Promise<Load> {
  const load = new Load(program, "never-read", server.port);
  await load.line();
  return load;
}

async function openIdle(
  program: string,
  server: Server,
  connections: number,
): Promise<Load> {
  const flags = ["--connections", `${connections}`];
  const load = new Load(program, "idle", server.port, flags);
  await load.line();
  return load;
}
