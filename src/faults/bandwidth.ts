/**
 * `bandwidth`: holds the echo to a rate.
 *
 * @module
 */

import { readSomeBytes } from "../units.ts";
import { cut } from "./pieces.ts";
import type { FaultKind, Piece } from "./stage.ts";
import type { BandwidthFault } from "./types.ts";

// Long enough for timers, short enough for a flow that looks even.
const TURN_MS = 10;

/** The kind `bandwidth`. */
export const bandwidth: FaultKind<BandwidthFault> = {
  keys: { rate: { read: readSomeBytes, required: true } },
  over: ["streams"],
  example: "bandwidth:rate=64KiB",
  help: "holds the echo to a rate, in bytes a second",
  stage({ rate }) {
    const bytesPerMs = rate / 1000;
    const size = Math.max(Math.floor(bytesPerMs * TURN_MS), 1);
    let freeAt = 0;
    return {
      pass(piece): Piece[] {
        freeAt = Math.max(freeAt, piece.dueAt);
        return cut(piece, size).map((part) => {
          freeAt += part.data.length / bytesPerMs;
          return { ...part, dueAt: freeAt };
        });
      },
    };
  },
};
