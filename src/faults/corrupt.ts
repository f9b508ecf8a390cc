/**
 * `corrupt`: flips one bit in some bytes. Which bytes, and which bit, depends
 * on their place in the stream, not on how it was cut into chunks.
 *
 * @module
 */

import { readShare } from "../units.ts";
import type { FaultKind } from "./stage.ts";
import type { CorruptFault } from "./types.ts";

/** The kind `corrupt`. */
export const corrupt: FaultKind<CorruptFault> = {
  keys: { rate: { read: readShare } },
  over: ["streams", "datagrams"],
  example: "corrupt:rate=0.001",
  help: "flips one bit in a share of the bytes",
  stage({ rate = 0.01 }, { decide }) {
    // What is left of a chance that hit is as random as the chance itself.
    const choose = (chance: number) =>
      chance < rate ? Math.floor(chance / rate * 8) : undefined;
    return {
      pass(piece) {
        const data = piece.data.slice();
        for (let i = 0; i < data.length; i++) {
          const bit = decide(piece.offset + i, choose);
          if (bit !== undefined) data[i] ^= 1 << bit;
        }
        return [{ ...piece, data }];
      },
    };
  },
};
