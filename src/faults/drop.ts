/**
 * `drop`: gives a datagram no answer.
 *
 * @module
 */

import type { DropFault } from "./datagram_types.ts";
import type { FaultKind } from "./stage.ts";

/** The kind `drop`. */
export const drop: FaultKind<DropFault> = {
  keys: {},
  over: ["datagrams"],
  example: "drop:p=0.1",
  help: "gives a datagram no answer",
  stage: () => ({ pass: () => [] }),
};
