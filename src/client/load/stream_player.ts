/**
 * Plays one connection of a stream, as cheaply as an echo server would: all it
 * sends is one stretch of noise, so that what comes back is compared in
 * whatever pieces it comes.
 *
 * @module
 */

import type { ClientStream, StreamSink } from "../../host.ts";
import { Pauses } from "../../timer.ts";
import {
  closed,
  type ExchangeError,
  failureOf,
  timedOut,
  tooMany,
  wrongByte,
} from "../failure.ts";
import { inTime } from "../in_time.ts";
import type { Game, Player } from "./player.ts";
import { Retry } from "./retry.ts";

// Connections that send the same would not notice if their answers were swapped.
const DISTANCE = 7919;

/** Plays one connection of a stream. */
export class StreamPlayer implements Player, StreamSink {
  begun = 0;
  roundTripMs = 0;
  #game: Game;
  #number: number;
  #size: number;
  #pipeline: number;
  #base: number;
  // Of this connection: messages begun and come back, bytes sent and compared.
  #opened = 0;
  #echoed = 0;
  #sent = 0;
  #checked = 0;
  // When the messages on their way have begun, and were sent, by their number.
  #starts: Float64Array;
  #sentAt: Float64Array;
  #stream?: ClientStream;
  // Why it was lost before the start.
  #early?: ExchangeError;
  #retry = new Retry();
  #pauses = new Pauses();
  #place = 0;
  #isPlaying = false;
  #isOver = false;

  /**
   * @param game what it has in common with others.
   * @param index its place in its thread, from 0 on.
   */
  constructor(game: Game, index: number) {
    const { size, pipeline, firstConnection } = game.plan;
    this.#game = game;
    this.#number = firstConnection + index;
    this.#size = size;
    this.#pipeline = pipeline;
    this.#base = this.#number * DISTANCE;
    this.#starts = new Float64Array(pipeline);
    this.#sentAt = new Float64Array(pipeline);
  }

  get isBusy(): boolean {
    return this.#stream !== undefined && this.#opened > this.#echoed;
  }

  async open(): Promise<void> {
    const { runtime, plan: { target, ca, timeoutMs } } = this.#game;
    this.#opened =
      this.#echoed =
      this.#sent =
      this.#checked =
        0;
    const opening = runtime.openStream(target.addr, this, { ca });
    const stream = await inTime(opening, timeoutMs, (late) => late.close());
    if (this.#isOver) stream.close();
    else this.#stream = stream;
  }

  start(place: number): void {
    this.#place = place;
    this.#isPlaying = true;
    if (this.#early) this.#lose(this.#early);
    this.wake(this.#game.now());
  }

  wake(now: number): void {
    if (!this.#stream || !this.#isPlaying) return;
    const { pace } = this.#game;
    while (this.#opened - this.#echoed < this.#pipeline) {
      const start = pace.next(this.#place, this.begun, now);
      if (start < 0) break;
      const slot = this.#opened++ % this.#pipeline;
      this.#starts[slot] = start;
      this.#sentAt[slot] = now;
      this.begun++;
    }
    this.#flush();
  }

  #flush(): void {
    const { noise } = this.#game;
    const goal = this.#opened * this.#size;
    while (this.#sent < goal) {
      const part = noise.slice(this.#base + this.#sent, goal - this.#sent);
      const taken = this.#stream!.write(part);
      this.#sent += taken;
      if (taken < part.length) return;
    }
  }

  onDrain(): void {
    if (this.#stream) this.#flush();
  }

  onData(chunk: Uint8Array): void {
    const { now, noise, pace, tally } = this.#game;
    const at = noise.differs(this.#base + this.#checked, chunk);
    const checked = this.#checked + chunk.length;
    if (at >= 0 || checked > this.#sent) return this.#refuse(chunk, at);
    this.#checked = checked;
    const time = now();
    while ((this.#echoed + 1) * this.#size <= checked) {
      const slot = this.#echoed++ % this.#pipeline;
      tally.times.record(time - this.#starts[slot]);
      this.roundTripMs = time - this.#sentAt[slot];
    }
    this.wake(time);
    pace.look?.(time);
  }

  #refuse(chunk: Uint8Array, at: number): void {
    const { noise, tally } = this.#game;
    const place = this.#checked + at;
    // What was never sent is no wrong byte, but one too many.
    const isWrong = at >= 0 && place < this.#sent;
    const error = isWrong
      ? wrongByte(
        place % this.#size,
        noise.byteAt(this.#base + place),
        chunk[at],
      )
      : tooMany(this.#checked + chunk.length, this.#sent);
    const last = isWrong ? place : this.#sent;
    const message = Math.floor(last / this.#size) + 1;
    tally.fail(error, this.#number, message, this.#forget());
    this.close();
  }

  onEnd(error?: unknown): void {
    const isWaiting = this.#opened > this.#echoed;
    const received = this.#checked % this.#size;
    this.#lose(
      error !== undefined
        ? failureOf(error)
        : isWaiting
        ? closed(received, this.#size)
        : closed(),
    );
  }

  check(now: number): void {
    const { timeoutMs } = this.#game.plan;
    if (timeoutMs === 0 || !this.isBusy) return;
    // Bytes that trickle in do not make an answer come in time.
    const sentAt = this.#sentAt[this.#echoed % this.#pipeline];
    if (now - sentAt < timeoutMs) return;
    this.#stream?.close();
    this.#lose(timedOut(timeoutMs, this.#checked % this.#size, this.#size));
  }

  #lose(error: ExchangeError): void {
    this.#stream = undefined;
    if (this.#isOver) return;
    const lost = this.#forget();
    if (this.#isPlaying || lost > 0) {
      this.#game.tally.fail(error, this.#number, this.#echoed + 1 - lost, lost);
    } else this.#early = error;
    if (this.#isPlaying) this.#reopen();
  }

  // What is on its way will not come back; tells how many there are.
  #forget(): number {
    const lost = this.#opened - this.#echoed;
    this.#echoed = this.#opened;
    return lost;
  }

  tellWaiting(tell: (start: number) => void): void {
    for (let at = this.#echoed; at < this.#opened; at++) {
      tell(this.#starts[at % this.#pipeline]);
    }
  }

  async #reopen(): Promise<void> {
    while (!this.#isOver) {
      await this.#pauses.pause(this.#retry.next());
      if (this.#isOver || !this.#isPlaying) return;
      try {
        await this.open();
        this.#retry.reset();
        this.wake(this.#game.now());
        return;
      } catch (error) {
        const failure = failureOf(error);
        this.#game.tally.fail(failure, this.#number, 1, 0);
      }
    }
  }

  stop(): void {
    this.#isPlaying = false;
    this.#pauses.end();
  }

  close(): void {
    this.stop();
    this.#isOver = true;
    this.#stream?.close();
    this.#stream = undefined;
  }
}
