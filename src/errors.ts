/**
 * The errors that echod itself raises, and what runtime errors mean.
 *
 * @module
 */

/**
 * A setting that cannot be used; the message says which and why.
 *
 * @example A fault without its time
 * ```ts
 * import { OptionError, serveEcho } from "@echod/echod";
 *
 * const fault = JSON.parse('{"kind": "latency"}');
 * try {
 *   await serveEcho({ faults: [fault] });
 * } catch (error) {
 *   console.log(error instanceof OptionError); // true
 * }
 * ```
 */
export class OptionError extends Error {
  /** The name of the class. */
  override name = "OptionError";
}

/**
 * An address that cannot be listened on; the message says what to try.
 *
 * @example A port that is taken
 * ```ts
 * import { ListenError, serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * try {
 *   await serveEcho({ listen: server.url });
 * } catch (error) {
 *   console.log(error instanceof ListenError); // true
 * }
 * ```
 */
export class ListenError extends Error {
  /** The name of the class. */
  override name = "ListenError";
}

/**
 * A missing Deno permission; the message names the flag that grants it.
 *
 * @example Without -N on Deno
 * ```ts
 * import { PermissionError, serveEcho } from "@echod/echod";
 *
 * try {
 *   await using server = await serveEcho();
 *   console.log(server.url);
 * } catch (error) {
 *   if (!(error instanceof PermissionError)) throw error;
 *   console.log(error.message); // names the flag to add
 * }
 * ```
 */
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
