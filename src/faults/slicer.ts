/**
 * `slicer`: cuts the echo into small writes.
 *
 * @module
 */

import { readMs, readSomeBytes } from "../units.ts";
import { cut } from "./pieces.ts";
import type { FaultKind } from "./stage.ts";
import type { SlicerFault } from "./types.ts";

/** The kind `slicer`. */
export const slicer: FaultKind<SlicerFault> = {
  keys: {
    size: { read: readSomeBytes, required: true },
    delay: { read: readMs },
  },
  over: ["streams"],
  example: "slicer:size=16,delay=5ms",
  help: "cuts the echo into small writes",
  stage({ size, delay = 0 }) {
    let freeAt = 0;
    return {
      pass: (piece) =>
        cut(piece, size).map((part) => {
          const dueAt = Math.max(freeAt, part.dueAt);
          freeAt = dueAt + delay;
          return { ...part, dueAt };
        }),
    };
  },
};
