/**
 * `slow_close`: answers the client's FIN late.
 *
 * @module
 */

import { readMs } from "../units.ts";
import type { FaultKind } from "./stage.ts";
import type { SlowCloseFault } from "./types.ts";

/** The kind `slow_close`. */
export const slowClose: FaultKind<SlowCloseFault> = {
  keys: { ms: { read: readMs, required: true } },
  over: ["streams"],
  example: "slow_close:ms=3s",
  help: "answers the client's FIN late",
  stage: ({ ms }) => ({ finDelayMs: ms }),
};
