/**
 * The errors that echod itself raises, and what runtime errors mean.
 *
 * @module
 */

/** A setting that cannot be used; the message says which and why. */
export class OptionError extends Error {
  /** The name of the class. */
  override name = "OptionError";
}

/** An address that cannot be listened on; the message says what to try. */
export class ListenError extends Error {
  /** The name of the class. */
  override name = "ListenError";
}

/** A missing Deno permission; the message names the flag that grants it. */
export class PermissionError extends Error {
  /** The name of the class. */
  override name = "PermissionError";
}

/** The system's error code, such as `ECONNRESET`, if the error has one. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** The error's own words, whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const RESET_CODES = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

/**
 * Whether an error says that the peer dropped the connection: it sent RST, or
 * it was written to after it had closed.
 */
export function isReset(error: unknown): boolean {
  return RESET_CODES.has(errorCode(error) ?? "");
}
