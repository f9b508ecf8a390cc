/**
 * Players against servers that a test plays.
 *
 * @module
 */

import { AT_ONCE, type Pace } from "../../../src/client/load/pace.ts";
import {
  HdrHistogram,
  type HistogramData,
} from "../../../src/client/hdr_histogram.ts";
import type { LoadPlan, LoadReport } from "../../../src/client/load/plan.ts";
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

/** A report of next to nothing. */
export function reportOf(overrides: Partial<LoadReport> = {}): LoadReport {
  return {
    ...{ echoes: 0, afterEnd: 0, durationMs: 0, failures: [] },
    ...{ lost: 0, unsent: 0, unanswered: { count: 0, oldestMs: 0 } },
    ...{ late: 0, duplicates: 0, times: timesOf(), waits: timesOf() },
    ...overrides,
  };
}

/** Some times, as a report has them. */
export function timesOf(...timesMs: readonly number[]): HistogramData {
  const times = new HdrHistogram();
  for (const ms of timesMs) times.record(ms);
  return times.data;
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
