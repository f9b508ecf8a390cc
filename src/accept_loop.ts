/**
 * Accepts connections, and outlives every error that accepting can have.
 *
 * @module
 */

import { errorCode } from "./errors.ts";
import type { Conn, Listener } from "./net.ts";
import { Pauses } from "./timer.ts";

// The peer left between its SYN and accept: only its own connection is lost.
const PEER_LEFT = new Set(["ECONNABORTED", "ECONNRESET", "ENOTCONN"]);

const FIRST_BACKOFF_MS = 5;
const LONGEST_BACKOFF_MS = 1000;

/** What an accept loop is given. */
export interface AcceptLoopOptions {
  /** Takes each new connection; must not throw. */
  onConn: (conn: Conn) => void;
  /** Told of the first error of every burst. */
  onError: (error: unknown) => void;
  /** Ends a back-off when the listener is closed. */
  signal: AbortSignal;
}

/**
 * Accepts until the listener is closed.
 *
 * An error, typically EMFILE or ENFILE (out of file descriptors), makes it
 * wait 5 ms, then twice as long each time up to 1 s, and try again: whatever
 * frees a descriptor brings the server back without a restart.
 *
 * @param listener where connections come from.
 * @param options what to do with connections and errors.
 * @returns once the listener is closed.
 */
export async function acceptLoop(
  listener: Listener,
  { onConn, onError, signal }: AcceptLoopOptions,
): Promise<void> {
  let backoffMs = 0;
  const pauses = new Pauses();
  signal.addEventListener("abort", () => pauses.end());
  while (!signal.aborted) {
    try {
      const conn = await listener.accept();
      if (conn === null) return;
      backoffMs = 0;
      onConn(conn);
    } catch (error) {
      if (PEER_LEFT.has(errorCode(error) ?? "")) continue;
      if (backoffMs === 0) onError(error);
      backoffMs = Math.min(
        Math.max(backoffMs * 2, FIRST_BACKOFF_MS),
        LONGEST_BACKOFF_MS,
      );
      if (!signal.aborted) await pauses.pause(backoffMs);
    }
  }
}
