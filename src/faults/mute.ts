/**
 * `mute`: reads and never answers.
 *
 * @module
 */

import { drop } from "./pieces.ts";
import type { FaultKind } from "./stage.ts";
import type { MuteFault } from "./types.ts";

/** The kind `mute`. */
export const mute: FaultKind<MuteFault> = {
  keys: {},
  over: ["streams"],
  example: "mute:p=0.5",
  help: "reads and never answers",
  stage: () => ({ pass: drop }),
};
