/**
 * Plays one connection on which a message goes when another has come back:
 * datagrams, HTTP and WebSockets.
 *
 * @module
 */

import { Pauses } from "../../timer.ts";
import type { EchoClient } from "../client.ts";
import { failureOf } from "../failure.ts";
import { openClient } from "../open.ts";
import type { Game, Player } from "./player.ts";
import { Retry } from "./retry.ts";

const STRIDE = 65_537;

/** Plays one connection, one message after another. */
export class ExchangePlayer implements Player {
  begun = 0;
  isBusy = false;
  #game: Game;
  #number: number;
  #client?: EchoClient;
  #retry = new Retry();
  #pauses = new Pauses();
  #place = 0;
  #isPlaying = false;
  #isOver = false;
  #due?: () => void;

  /**
   * @param game what it has in common with others.
   * @param index its place in its thread, from 0 on.
   */
  constructor(game: Game, index: number) {
    this.#game = game;
    this.#number = game.plan.firstConnection + index;
  }

  async open(): Promise<void> {
    const { runtime, plan: { target, ca, timeoutMs } } = this.#game;
    const client = await openClient(target, { runtime, ca, timeoutMs });
    if (this.#isOver) return client.close();
    this.#client = client;
    // A client of HTTP connects only once it has something to say.
    if (target.kind === "http") await this.#exchange(client);
  }

  start(place: number): void {
    this.#place = place;
    this.#isPlaying = true;
    this.#play();
  }

  async #play(): Promise<void> {
    const { now, pace, tally } = this.#game;
    while (this.#isPlaying) {
      const start = pace.next(this.#place, this.begun, now());
      if (start < 0) {
        await new Promise<void>((resolve) => this.#due = resolve);
        continue;
      }
      try {
        if (!this.#client) await this.open();
        if (!this.#client) return;
        this.begun++;
        this.isBusy = true;
        // The time that a new connection takes is not the message's.
        const from = pace.look ? start : now();
        await this.#exchange(this.#client);
        const time = now();
        tally.times.record(time - from);
        this.#retry.reset();
        pace.look?.(time);
      } catch (error) {
        await this.#fail(error);
      } finally {
        this.isBusy = false;
      }
    }
  }

  async #exchange(client: EchoClient): Promise<void> {
    const { noise, plan: { size } } = this.#game;
    // Messages of other connections differ, too.
    const number = this.begun * STRIDE + this.#number + 1;
    await client.exchange({ number, bytes: noise.message(number, size) });
  }

  async #fail(error: unknown): Promise<void> {
    if (!this.#isPlaying) return;
    const failure = failureOf(error);
    this.#game.tally.fail(failure, this.#number, Math.max(this.begun, 1));
    if (this.#client && !this.#client.failure) return;
    this.#client = undefined;
    this.isBusy = false;
    await this.#pauses.pause(this.#retry.next());
  }

  wake(): void {
    this.#due?.();
  }

  // Its clients have timeouts of their own.
  check(): void {}

  stop(): void {
    this.#isPlaying = false;
    this.#pauses.end();
    this.#due?.();
  }

  close(): void {
    this.stop();
    this.#isOver = true;
    this.#client?.close();
  }
}
