/**
 * What brings the bytes of a TLS connection on Deno. Its TLS sockets go on
 * reading while they are paused, and keep all of it in memory; and they take
 * RST for the end of the stream.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { Flow } from "../node/tls.ts";

/** A socket with the handle that Node's types leave out. */
type WithHandle = Socket & {
  readonly _handle: {
    readStop(): void;
    readStart(): void;
    /** Gives back 0, or the negative number of an error. */
    getpeername(into: object): number;
  } | null;
};

/**
 * Finds what brings the bytes of a TLS connection.
 *
 * @param raw the socket below TLS.
 * @returns the same for the connection.
 */
export function tlsFlow(raw: Socket): Flow {
  const socket = raw as WithHandle;
  return {
    pause: () => socket._handle?.readStop(),
    resume: () => socket._handle?.readStart(),
    // A connection that was reset has no peer any more; a closed one still has.
    wasReset: () => (socket._handle?.getpeername({}) ?? 0) < 0,
  };
}
