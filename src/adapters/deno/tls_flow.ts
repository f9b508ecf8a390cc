/**
 * What pauses a TLS connection on Deno. Its TLS sockets go on reading while
 * they are paused, and keep all of it in memory.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { Flow } from "../node/tls.ts";

/** A socket with the handle that Node's types leave out. */
type WithHandle = Socket & {
  readonly _handle: { readStop(): void; readStart(): void } | null;
};

/**
 * Makes what pauses a TLS connection.
 *
 * @param raw the socket below TLS.
 * @returns the same for the connection.
 */
export function tlsFlow(raw: Socket): Flow {
  const socket = raw as WithHandle;
  return {
    pause: () => socket._handle?.readStop(),
    resume: () => socket._handle?.readStart(),
  };
}
