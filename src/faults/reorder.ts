/**
 * `reorder`: lets the next answer to the same client go first.
 *
 * @module
 */

import { readMs } from "../units.ts";
import type { ReorderFault } from "./datagram_types.ts";
import type { FaultKind } from "./stage.ts";

/** The kind `reorder`. */
export const reorder: FaultKind<ReorderFault> = {
  keys: { ms: { read: readMs } },
  over: ["datagrams"],
  example: "reorder:every=5",
  help: "lets the next answer to the same client go first",
  stage: ({ ms = 100 }) => ({
    pass: (piece) => [{ ...piece, dueAt: piece.dueAt + ms, yields: true }],
  }),
};
