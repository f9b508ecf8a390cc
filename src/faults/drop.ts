/**
 * `drop`: gives a datagram, or a message of a WebSocket, no answer.
 *
 * @module
 */

import type { DropFault } from "./datagram_types.ts";
import type { FaultKind } from "./stage.ts";

/** The kind `drop`. */
export const drop: FaultKind<DropFault> = {
  keys: {},
  over: ["datagrams", "messages"],
  example: "drop:p=0.1",
  help: "gives a datagram or a WebSocket's message no answer",
  stage: () => ({ pass: () => [] }),
};
