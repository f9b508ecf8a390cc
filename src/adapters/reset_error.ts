/**
 * The error of a connection that was dropped, where a runtime does not say so.
 *
 * @module
 */

/** The peer has dropped the connection. */
export class ResetError extends Error {
  override name = "ResetError";
  /** What the system calls it. */
  readonly code = "ECONNRESET";

  constructor() {
    super("the peer has dropped the connection");
  }
}
