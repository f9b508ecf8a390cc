/**
 * `timeout`: stops answering, and ends the connection some time later.
 *
 * @module
 */

import { readMs } from "../units.ts";
import { drop } from "./pieces.ts";
import type { FaultKind } from "./stage.ts";
import type { TimeoutFault } from "./types.ts";

/** The kind `timeout`. */
export const timeout: FaultKind<TimeoutFault> = {
  keys: { ms: { read: readMs, required: true } },
  over: ["streams"],
  example: "timeout:ms=5s,after=1KiB",
  help: "stops answering, and ends with FIN some time later",
  stage({ ms }, { after, end }) {
    return {
      begin: () => after(ms, end),
      pass: drop,
      // FIN is an answer, too.
      finDelayMs: Infinity,
    };
  },
};
