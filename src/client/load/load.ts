/**
 * The load that one thread puts on a server.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Runtime } from "../../host.ts";
import { failureOf } from "../failure.ts";
import { Noise } from "../noise.ts";
import { ExchangePlayer } from "./exchange_player.ts";
import { AT_ONCE, SteadyPace } from "./pace.ts";
import type { LoadPart, LoadPlan, LoadReport, Opened } from "./plan.ts";
import type { Game, Player } from "./player.ts";
import { StreamPlayer } from "./stream_player.ts";
import { Failures, Tally } from "./tally.ts";

// More at once would overflow the backlog of many servers.
const OPENED_AT_ONCE = 64;

const TICK_MS = 1;
const CHECK_MS = 50;

// What is on its way at the end still has so long.
const GRACE_MS = 250;

// Bytes that are written at once, where a message may be written in parts.
const LARGEST_PART = 256 * 1024;
// Small messages are written and compared many at a time.
const SMALLEST_SPAN = 64 * 1024;

/** The load of one thread. */
export class Load implements LoadPart {
  #plan: LoadPlan;
  #game: Game;
  #all: readonly Player[] = [];
  // Those whose connections could be opened.
  #players: Player[] = [];
  #pace?: SteadyPace;
  #timers: ReturnType<typeof setInterval>[] = [];
  #startedAt?: number;

  /**
   * @param plan what is to be done.
   * @param runtime whose connections are used.
   * @param now the clock, in milliseconds.
   */
  constructor(
    plan: LoadPlan,
    runtime: Runtime,
    now: () => number = () => performance.now(),
  ) {
    const { size, seed, target: { kind } } = plan;
    const span = kind === "stream" ? Math.min(size, LARGEST_PART) : size;
    const noise = new Noise(seed, Math.max(span, SMALLEST_SPAN));
    const tally = new Tally();
    this.#plan = plan;
    this.#game = { runtime, plan, now, noise, tally, pace: AT_ONCE };
  }

  get echoes(): number {
    return this.#game.tally.times.count;
  }

  get broken(): Promise<void> {
    return this.#game.tally.broken;
  }

  async connect(): Promise<Opened> {
    const { connections, firstConnection } = this.#plan;
    const failures = new Failures();
    const players = Array.from(
      { length: connections },
      (_, index) => this.#createPlayer(index),
    );
    this.#all = players;
    let next = 0;
    const openSome = async () => {
      while (next < connections) {
        const at = next++;
        const player = players[at];
        try {
          await player.open();
          this.#players.push(player);
        } catch (error) {
          const failure = failureOf(error);
          failures.add(failure);
          if (failure.isWrongAnswer) {
            this.#game.tally.fail(failure, firstConnection + at, 1);
          }
          player.close();
        }
      }
    };
    await Promise.all(Array.from({ length: OPENED_AT_ONCE }, openSome));
    return { open: this.#players.length, failures: failures.counts };
  }

  #createPlayer(index: number): Player {
    return this.#plan.target.kind === "stream"
      ? new StreamPlayer(this.#game, index)
      : new ExchangePlayer(this.#game, index);
  }

  start(): void {
    const { rate, timeoutMs } = this.#plan;
    const { now } = this.#game;
    const players = this.#players;
    if (players.length === 0) return;
    const startedAt = now();
    this.#startedAt = startedAt;
    if (rate !== undefined) {
      const wake = (place: number, time: number) => players[place].wake(time);
      const { length } = players;
      const pace = new SteadyPace(rate, length, startedAt, wake);
      this.#pace = this.#game.pace = pace;
      this.#every(TICK_MS, (time) => pace.look(time));
    }
    players.forEach((player, place) => player.start(place));
    if (timeoutMs === 0) return;
    this.#every(Math.min(CHECK_MS, timeoutMs), (time) => {
      for (const player of players) player.check(time);
    });
  }

  #every(ms: number, run: (time: number) => void): void {
    this.#timers.push(setInterval(() => run(this.#game.now()), ms));
  }

  async stop(): Promise<LoadReport> {
    const { now, tally } = this.#game;
    const players = this.#players;
    const time = now();
    const report = this.#report(time - (this.#startedAt ?? time));
    for (const timer of this.#timers) clearInterval(timer);
    for (const player of players) player.stop();
    const end = now() + GRACE_MS;
    // A server that is cut off would take it for a reset.
    while (
      tally.wrong === undefined && now() < end &&
      players.some(({ isBusy }) => isBusy)
    ) await delay(TICK_MS);
    for (const player of this.#all) player.close();
    return { ...report, wrong: tally.wrong };
  }

  #report(durationMs: number): LoadReport {
    const { tally } = this.#game;
    const begun = this.#players.reduce((sum, { begun }) => sum + begun, 0);
    const { counts, ...sums } = tally.times.data;
    return {
      echoes: tally.times.count,
      durationMs,
      // What comes later does not count.
      times: { ...sums, counts: counts.slice() },
      failures: tally.failures.counts,
      unsent: this.#pace ? Math.max(this.#pace.due - begun, 0) : 0,
    };
  }
}
