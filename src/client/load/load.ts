/**
 * The load that one thread puts on a server.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import type { Runtime } from "../../host.ts";
import { failureOf } from "../failure.ts";
import { Noise } from "../noise.ts";
import { HdrHistogram } from "../hdr_histogram.ts";
import { ExchangePlayer } from "./exchange_player.ts";
import { AT_ONCE, GRAIN_MS, SteadyPace } from "./pace.ts";
import type {
  FailureCount,
  LoadPart,
  LoadPlan,
  LoadReport,
  Opened,
  Unanswered,
} from "./plan.ts";
import type { Game, Player } from "./player.ts";
import { StreamPlayer } from "./stream_player.ts";
import { Failures, Tally } from "./tally.ts";

// More at once would overflow the backlog of many servers. If the first ones all
// fail in the same way, so would the others.
const OPENED_AT_ONCE = 64;

const TICK_MS = 1;
const CHECK_MS = 50;

/** What is on its way at the end still has so long, or its timeout. */
export const GRACE_MS = 1000;
// Timers of an answer that run out with it come first.
const GRACE_MARGIN_MS = 10;

// Bytes that are written at once, where a message may be written in parts.
const LARGEST_PART = 256 * 1024;
// Small messages are written and compared many at a time.
const SMALLEST_SPAN = 64 * 1024;

/** The load of one thread. */
export class Load implements LoadPart {
  readonly started: Promise<void> = Promise.resolve();
  open = 0;
  #plan: LoadPlan;
  #game: Game;
  #all: Player[] = [];
  // Those whose connections could be opened.
  #players: Player[] = [];
  #pace?: SteadyPace;
  #ticker?: ReturnType<typeof setInterval>;
  #checker?: ReturnType<typeof setInterval>;
  #startedAt?: number;
  #openedAt = 0;
  #stopped = Promise.withResolvers<void>();
  #isStopped = false;

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
    const failures = new Failures();
    this.#openedAt = this.#game.now();
    const openSome = async () => {
      while (this.#mayOpen(failures.counts)) {
        await this.#open(this.#all.length, failures);
      }
    };
    const opening = Array.from({ length: OPENED_AT_ONCE }, openSome);
    await Promise.race([Promise.all(opening), this.#stopped.promise]);
    return { open: this.open, failures: failures.counts };
  }

  // A server that lets nobody in any more is not asked for hours.
  #mayOpen(failures: readonly FailureCount[]): boolean {
    const { plan: { connections, timeoutMs }, now, tally } = this.#game;
    if (this.#all.length === connections || this.#isStopped) return false;
    if (tally.wrong !== undefined) return false;
    if (failures.length === 0) return true;
    const [{ count }] = failures;
    const isHopeless = this.open === 0 && failures.length === 1 &&
      count >= OPENED_AT_ONCE;
    const isStuck = timeoutMs > 0 && now() - this.#openedAt >= timeoutMs;
    return !isHopeless && !isStuck;
  }

  async #open(index: number, failures: Failures): Promise<void> {
    const player = this.#createPlayer(index);
    this.#all.push(player);
    try {
      await player.open();
      this.#players.push(player);
    } catch (error) {
      player.close();
      const failure = failureOf(error);
      if (!failure.isWrongAnswer) return failures.add(failure);
      // It was open, or it could not have answered.
      const number = this.#plan.firstConnection + index;
      this.#game.tally.fail(failure, number, 1, 0);
    }
    this.open++;
    this.#openedAt = this.#game.now();
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
      this.#ticker = setInterval(() => pace.look(now()), TICK_MS);
    }
    players.forEach((player, place) => player.start(place));
    if (timeoutMs === 0) return;
    const intervalMs = Math.min(CHECK_MS, timeoutMs);
    this.#checker = setInterval(() => this.#check(), intervalMs);
  }

  #check(): void {
    const time = this.#game.now();
    for (const player of this.#players) player.check(time);
  }

  async stop(): Promise<LoadReport> {
    const { now, tally } = this.#game;
    this.#isStopped = true;
    this.#stopped.resolve();
    const players = this.#players;
    const endedAt = now();
    const echoes = tally.times.count;
    const durationMs = endedAt - (this.#startedAt ?? endedAt);
    clearInterval(this.#ticker);
    for (const player of players) player.stop();
    const waits = new HdrHistogram();
    const unsent = this.#recordUnsent(endedAt, waits);
    await this.#grace(endedAt);
    clearInterval(this.#checker);
    this.#check();
    const unanswered = this.#recordUnanswered(now(), waits);
    for (const player of this.#all) player.close();
    const { times, failures, lost, late, duplicates, wrong } = tally;
    return {
      ...{ echoes, afterEnd: times.count - echoes, durationMs },
      ...{ times: times.data, failures: failures.counts },
      // Of a run that broke off, what waited says nothing of the server.
      waits: (wrong === undefined ? waits : new HdrHistogram()).data,
      ...{ lost, unsent, unanswered, late, duplicates, wrong },
    };
  }

  // A server that is cut off would take it for a reset.
  async #grace(endedAt: number): Promise<void> {
    const { now, tally, plan: { timeoutMs } } = this.#game;
    const graceMs = Math.min(GRACE_MS, timeoutMs || Infinity) +
      GRACE_MARGIN_MS;
    while (
      tally.wrong === undefined && now() < endedAt + graceMs &&
      this.#players.some(({ isBusy }) => isBusy)
    ) await delay(TICK_MS);
  }

  // In an open loop, what was due and had to wait for others. What became due
  // within a round trip of the end could not have come back before it.
  #recordUnsent(endedAt: number, waits: HdrHistogram): number {
    const pace = this.#pace;
    if (!pace) return 0;
    const dueUntil = endedAt - GRAIN_MS - this.#roundTripMs();
    let unsent = 0;
    this.#players.forEach(({ begun }, place) => {
      const count = pace.dueBy(place, dueUntil) - begun;
      if (count <= 0) return;
      unsent += count;
      const [oldest, youngest] = [begun, begun + count - 1].map((nth) =>
        endedAt - pace.dueAt(place, nth)
      );
      waits.recordEvenly(oldest, youngest, count);
    });
    return unsent;
  }

  #roundTripMs(): number {
    const all = this.#players.map(({ roundTripMs }) => roundTripMs);
    return all.sort((a, b) => a - b)[all.length >> 1];
  }

  #recordUnanswered(time: number, waits: HdrHistogram): Unanswered {
    let count = 0;
    let oldestMs = 0;
    for (const player of this.#players) {
      player.tellWaiting((start) => {
        const ms = time - start;
        count++;
        oldestMs = Math.max(oldestMs, ms);
        waits.record(ms);
      });
    }
    return { count, oldestMs };
  }
}
