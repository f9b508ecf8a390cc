/**
 * `duplicate`: answers a datagram twice.
 *
 * @module
 */

import type { DuplicateFault } from "./datagram_types.ts";
import type { FaultKind } from "./stage.ts";

/** The kind `duplicate`. */
export const duplicate: FaultKind<DuplicateFault> = {
  keys: {},
  over: ["datagrams"],
  example: "duplicate:every=2",
  help: "answers a datagram twice",
  stage: () => ({ pass: (piece) => [piece, piece] }),
};
