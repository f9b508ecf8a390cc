/**
 * Holds a fault back until it begins.
 *
 * @module
 */

import type { Hit } from "./plan.ts";
import { split } from "./pieces.ts";
import type { Piece, Stage, StageControl } from "./stage.ts";

/** A fault on one connection, from before it begins. */
export class Gate {
  #stage: Stage;
  #fromByte: number;
  #open = false;

  /**
   * @param hit the fault.
   * @param control what it may do to the connection.
   * @param ageMs how long ago the connection began, in milliseconds.
   */
  constructor(
    { start, after }: Hit,
    control: Omit<StageControl, "decide">,
    ageMs = 0,
  ) {
    this.#stage = start(control);
    this.#fromByte = "bytes" in after ? after.bytes : Infinity;
    const waitMs = "ms" in after ? after.ms - ageMs : Infinity;
    if (this.#fromByte === 0 || waitMs <= 0) this.#begin();
    else if ("ms" in after) control.after(waitMs, () => this.#begin());
  }

  /** How much later the client's FIN is answered, in milliseconds. */
  get finDelayMs(): number {
    return this.#open ? this.#stage.finDelayMs ?? 0 : 0;
  }

  /**
   * Takes a piece and gives back what becomes of it.
   *
   * @param piece the piece.
   * @param emit takes what becomes of it, in order.
   */
  pass(piece: Piece, emit: (piece: Piece) => void): void {
    if (this.#open) {
      for (const part of this.#stage.pass?.(piece) ?? [piece]) emit(part);
      return;
    }
    const untouched = this.#fromByte - piece.offset;
    if (untouched > piece.data.length) return emit(piece);
    const [before, rest] = split(piece, untouched);
    emit(before);
    this.#begin();
    if (rest.data.length > 0) this.pass(rest, emit);
  }

  /**
   * Tells how much was received, whatever an earlier fault kept of it.
   *
   * @param bytes bytes received until now.
   */
  reach(bytes: number): void {
    if (!this.#open && bytes >= this.#fromByte) this.#begin();
  }

  #begin(): void {
    this.#open = true;
    this.#stage.begin?.();
  }
}
