/**
 * `duplicate`: answers a datagram, or a message of a WebSocket, twice.
 *
 * @module
 */

import type { DuplicateFault } from "./datagram_types.ts";
import type { FaultKind } from "./stage.ts";

/** The kind `duplicate`. */
export const duplicate: FaultKind<DuplicateFault> = {
  keys: {},
  over: ["datagrams", "messages"],
  example: "duplicate:every=2",
  help: "answers a datagram or a WebSocket's message twice",
  stage: () => ({ pass: (piece) => [piece, piece] }),
};
