/**
 * `reset_peer`: drops the connection with a real RST (RFC 9293, section 3.5.2).
 *
 * @module
 */

import { readMs, readSize } from "../units.ts";
import { quota } from "./pieces.ts";
import type { FaultKind } from "./stage.ts";
import type { ResetPeerFault } from "./types.ts";

/** The kind `reset_peer`. */
export const resetPeer: FaultKind<ResetPeerFault> = {
  keys: { bytes: { read: readSize }, ms: { read: readMs } },
  over: ["streams"],
  example: "reset_peer:bytes=1KiB",
  help:
    "drops the connection with RST: after so many bytes, some time, or at once",
  stage({ bytes, ms }, { after, abort, abortNow }) {
    const atOnce = bytes === 0 || (bytes === undefined && ms === undefined);
    return {
      begin() {
        if (atOnce) abort();
        else if (ms !== undefined) after(ms, abortNow);
      },
      pass: quota(bytes ?? Infinity, "abort"),
    };
  },
};
