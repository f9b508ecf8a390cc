/**
 * Plays one connection on which a message goes when another has come back:
 * datagrams, HTTP and WebSockets.
 *
 * @module
 */

import { Pauses } from "../../timer.ts";
import type { EchoClient, Stray } from "../client.ts";
import { type ExchangeError, failureOf } from "../failure.ts";
import { openClient } from "../open.ts";
import type { Game, Player } from "./player.ts";
import { Retry } from "./retry.ts";

const STRIDE = 65_537;

/** Plays one connection, one message after another. */
export class ExchangePlayer implements Player {
  begun = 0;
  isBusy = false;
  roundTripMs = 0;
  #game: Game;
  #number: number;
  #client?: EchoClient;
  #retry = new Retry();
  #pauses = new Pauses();
  #place = 0;
  #isPlaying = false;
  #isOver = false;
  // When the message on its way has begun.
  #start = 0;
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
    const { runtime, tally, plan: { target, ca, timeoutMs } } = this.#game;
    const onStray = ({ kind }: Stray) => tally.takeStray(kind);
    const options = { runtime, ca, timeoutMs, onStray };
    const client = await openClient(target, options);
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
        if (!this.#client || !this.#isPlaying) return;
        this.begun++;
        this.isBusy = true;
        // The time that a new connection takes is not the message's.
        const sentAt = now();
        this.#start = pace.look ? start : sentAt;
        await this.#exchange(this.#client);
        const time = now();
        this.isBusy = false;
        this.roundTripMs = time - sentAt;
        tally.times.record(time - this.#start);
        this.#retry.reset();
        pace.look?.(time);
      } catch (error) {
        await this.#fail(failureOf(error));
      }
    }
  }

  async #exchange(client: EchoClient): Promise<void> {
    const { noise, plan: { size } } = this.#game;
    // Messages of other connections differ, too.
    const number = this.begun * STRIDE + this.#number + 1;
    await client.exchange({ number, bytes: noise.message(number, size) });
  }

  async #fail(failure: ExchangeError): Promise<void> {
    const lost = this.isBusy ? 1 : 0;
    this.isBusy = false;
    if (this.#isOver || (!this.#isPlaying && lost === 0)) return;
    const message = Math.max(this.begun, 1);
    this.#game.tally.fail(failure, this.#number, message, lost);
    if (this.#client?.failure) this.#client = undefined;
    // What fails at once would otherwise leave no time for anything else.
    const hasTakenTime = this.#client && failure.kind === "timeout";
    if (!this.#isPlaying || hasTakenTime) return;
    await this.#pauses.pause(this.#retry.next());
  }

  tellWaiting(tell: (start: number) => void): void {
    if (this.isBusy) tell(this.#start);
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
