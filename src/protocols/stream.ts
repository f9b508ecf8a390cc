/**
 * The echo of every byte stream.
 *
 * @module
 */

import type { Connection } from "../connection.ts";
import { isReset } from "../errors.ts";

/**
 * Echoes one connection to its end, closes it and notes the reason.
 *
 * @param connection the connection; its `reason` is set on return.
 * @param maxBytes bytes after which the echo ends; 0: no limit.
 * @returns the error that ended the connection, if that is the reason.
 */
export async function echoStream(
  connection: Connection,
  maxBytes: number,
): Promise<unknown> {
  const { conn } = connection;
  let failure: unknown;
  try {
    await conn.echo(maxBytes || Infinity);
    connection.end(maxBytes && conn.bytesIn >= maxBytes ? "max-bytes" : "eof");
  } catch (error) {
    if (!isReset(error)) failure = error;
    connection.end(failure ? "error" : "reset");
  } finally {
    conn.close();
  }
  return connection.reason === "error" ? failure : undefined;
}
