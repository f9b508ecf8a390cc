/**
 * `refuse`: closes a connection as soon as it is accepted. The server asks for
 * it before there is an echo, so that it has no stage of its own.
 *
 * @module
 */

import type { FaultKind } from "./stage.ts";
import type { RefuseFault } from "./types.ts";

/** The kind `refuse`. */
export const refuse: FaultKind<RefuseFault> = {
  keys: {},
  over: ["streams"],
  example: "refuse:every=3",
  help: "closes a connection as soon as it is accepted",
  stage: () => ({}),
};
