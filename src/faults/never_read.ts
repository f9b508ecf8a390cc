/**
 * `never_read`: reads nothing, so that the client's writes come to a halt.
 *
 * @module
 */

import { drop } from "./pieces.ts";
import type { FaultKind } from "./stage.ts";
import type { NeverReadFault } from "./types.ts";

/** The kind `never_read`. */
export const neverRead: FaultKind<NeverReadFault> = {
  keys: {},
  over: ["streams"],
  example: "never_read:conn=2",
  help: "reads nothing, so that the client's writes come to a halt",
  // What was read with the byte at which it begins is kept back, too.
  stage: (_, { stopReading }) => ({ begin: stopReading, pass: drop }),
};
