/**
 * `limit_data`: echoes so many bytes, then ends the connection with FIN.
 *
 * @module
 */

import { readSize } from "../units.ts";
import { quota } from "./pieces.ts";
import type { FaultKind } from "./stage.ts";
import type { LimitDataFault } from "./types.ts";

/** The kind `limit_data`. */
export const limitData: FaultKind<LimitDataFault> = {
  keys: { bytes: { read: readSize, required: true } },
  over: ["streams"],
  example: "limit_data:bytes=4KiB",
  help: "echoes so many bytes, then ends with FIN",
  stage({ bytes }, { end }) {
    return {
      begin: () => bytes === 0 ? end() : undefined,
      pass: quota(bytes, "end"),
    };
  },
};
