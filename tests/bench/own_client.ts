/**
 * How much load `echod bench` makes, beside the load client in C.
 *
 * @module
 */

import type { Contestant } from "./contestants.ts";
import { pinned } from "./cores.ts";
import { measureLoad, type Times } from "./measure.ts";
import type { Server } from "./processes.ts";
import type { Sample } from "./results.ts";
import { MAIN, SCENARIOS } from "./scenarios.ts";
import { outputOf } from "../targets.ts";

// Its start is not measured, and its compiler wants some time.
const LEAST_SECONDS = 2;

/**
 * Plays a load from the core of the clients.
 *
 * @param program the load client in C, for those who have none of their own.
 * @param contestant whose client it is.
 * @param server who echoes.
 * @param times how long.
 * @returns the rate.
 */
export async function measureClient(
  program: string,
  { client }: Contestant,
  server: Server,
  { seconds, warmup }: Times,
): Promise<Sample> {
  const long = Math.max(seconds, LEAST_SECONDS);
  if (!client) {
    const scenario = SCENARIOS.find(({ name }) => name === MAIN)!;
    const times = { seconds: long, warmup };
    const { rate } = await measureLoad(program, server, scenario, times);
    return { rate };
  }
  const flags = ["--json", "-c", "50", "-s", "64", "-d", `${long * 1000}ms`];
  const url = `tcp://127.0.0.1:${server.port}`;
  const command = pinned("client", [...client, url, ...flags]);
  const { echoesPerSecond } = JSON.parse(await outputOf("/bin/sh", command));
  return { rate: echoesPerSecond };
}
