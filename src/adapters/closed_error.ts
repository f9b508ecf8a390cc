/**
 * The error of what is done with a connection after its end.
 *
 * @module
 */

/** This side has closed the connection. */
export class ClosedError extends Error {
  override name = "ClosedError";

  constructor() {
    super("the connection is closed");
  }
}
