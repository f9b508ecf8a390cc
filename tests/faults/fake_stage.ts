/**
 * A stage by itself, for tests of what a fault does to bytes.
 *
 * @module
 */

import { kindOf } from "../../src/faults/kinds.ts";
import type { Piece, StageControl } from "../../src/faults/stage.ts";
import type { Fault } from "../../src/faults/types.ts";
import { bytesOf, textOf } from "../fake_conn.ts";

/** A piece of text, due at 1000 unless it says otherwise. */
export function pieceOf(text: string, offset = 0, dueAt = 1000): Piece {
  return { data: bytesOf(text), offset, dueAt };
}

/** A piece as a row: text, offset, time, and what follows if anything does. */
export function rowOf({ data, offset, dueAt, then }: Piece) {
  const row = [textOf(data), offset, dueAt];
  return then ? [...row, then] : row;
}

/** What a stage has asked of its connection. */
export class FakeControl implements StageControl {
  /** The calls, in order; timers by their time. */
  readonly calls: string[] = [];
  /** What its timers would run. */
  readonly timers: (() => void)[] = [];
  #chances: (offset: number) => number;

  /** @param chances what chance says about a byte. */
  constructor(chances: (offset: number) => number = () => 0) {
    this.#chances = chances;
  }

  end = () => void this.calls.push("end");
  abort = () => void this.calls.push("abort");
  abortNow = () => void this.calls.push("abortNow");
  stopReading = () => void this.calls.push("stopReading");

  after = (ms: number, run: () => void) => {
    this.calls.push(`after ${ms}`);
    this.timers.push(run);
  };

  decide: StageControl["decide"] = (offset, choose) =>
    choose(this.#chances(offset));
}

/** Puts a fault to work, and begins it. */
export function begin(fault: Fault, control = new FakeControl()) {
  const stage = kindOf(fault.kind).stage(fault, control);
  stage.begin?.();
  const pass = (piece: Piece) => (stage.pass?.(piece) ?? [piece]).map(rowOf);
  return { stage, control, pass };
}
