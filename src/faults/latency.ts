/**
 * `latency`: delays every chunk by its time. It delays, it does not serialise:
 * the next chunk is read while this one waits.
 *
 * @module
 */

import { readMs } from "../units.ts";
import type { FaultKind } from "./stage.ts";
import type { LatencyFault } from "./types.ts";

/** The kind `latency`. */
export const latency: FaultKind<LatencyFault> = {
  keys: {
    ms: { read: readMs, required: true },
    jitter: { read: readMs },
  },
  over: ["streams", "datagrams"],
  example: "latency:ms=100,jitter=20",
  help: "delays every chunk; order and throughput stay",
  stage({ ms, jitter = 0 }, { decide }) {
    return {
      pass(piece) {
        const delayMs = decide(
          piece.offset,
          (chance) => Math.max(ms + jitter * (2 * chance - 1), 0),
        );
        return [{ ...piece, dueAt: piece.dueAt + (delayMs ?? ms) }];
      },
    };
  },
};
