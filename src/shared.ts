/**
 * What servers have in common that run on several threads of one program:
 * types only.
 *
 * @module
 */

import type { Protocol } from "./echo_connection.ts";
import type { AdmissionControl } from "./limits.ts";
import type { Room } from "./net.ts";

/** What a server shares with those on other threads. */
export interface Shared {
  /** The number of the next connection, 1 for the first of all. */
  nextConnection(): number;
  /** The number of the next message of a WebSocket, 1 for the first of all. */
  nextMessage(): number;
  /** Counts connections of all threads; `room` is what this one may open. */
  admission(room: Room | undefined): AdmissionControl;
  /** Told what a connection's listener speaks, right before its first record. */
  opening?(protocol: Protocol): void;
}
