/**
 * Players against servers that a test plays.
 *
 * @module
 */

import { AT_ONCE, type Pace } from "../../../src/client/load/pace.ts";
import type { LoadPlan } from "../../../src/client/load/plan.ts";
import type { Game } from "../../../src/client/load/player.ts";
import { StreamPlayer } from "../../../src/client/load/stream_player.ts";
import { Tally } from "../../../src/client/load/tally.ts";
import { Noise } from "../../../src/client/noise.ts";
import { parseTarget } from "../../../src/client/target.ts";
import {
  FakeServer,
  type FakeServerOptions,
  FakeTime,
} from "../fake_streams.ts";

/** A plan for a server that is not there. */
export function planOf(overrides: Partial<LoadPlan> = {}): LoadPlan {
  return {
    target: parseTarget("tcp://127.0.0.1:7"),
    ...{ connections: 1, firstConnection: 0, size: 8, pipeline: 1 },
    ...{ timeoutMs: 1000, seed: 1 },
    ...overrides,
  };
}

/** What a test plays. */
export interface PlayOptions extends FakeServerOptions {
  /** What is to be done. */
  readonly plan?: Partial<LoadPlan>;
  /** When messages are sent; at once unless it is said. */
  readonly pace?: Pace;
}

/** Opens the players of a plan, which play once they are started. */
export async function playersOf(options: PlayOptions = {}) {
  const time = new FakeTime();
  const server = new FakeServer(options);
  const plan = planOf(options.plan);
  const tally = new Tally();
  const game: Game = {
    ...{ runtime: server.runtime, plan, tally },
    noise: new Noise(plan.seed, Math.max(plan.size, 64)),
    pace: options.pace ?? AT_ONCE,
    now: () => time.nowMs,
  };
  const players = Array.from(
    { length: plan.connections },
    (_, index) => new StreamPlayer(game, index),
  );
  for (const player of players) await player.open();
  const start = () => players.forEach((player, place) => player.start(place));
  const close = () => {
    for (const player of players) player.close();
  };
  return { time, server, tally, game, players, start, close };
}
