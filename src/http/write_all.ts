/**
 * Writes all there is.
 *
 * @module
 */

import type { Conn } from "../net.ts";

/**
 * Writes all of some bytes.
 *
 * @param conn where to.
 * @param data the bytes.
 * @param onWritten told of each part that was taken, in bytes.
 * @throws the runtime's error when the connection fails or is closed.
 */
export async function writeAll(
  conn: Conn,
  data: Uint8Array,
  onWritten: (bytes: number) => void = () => {},
): Promise<void> {
  for (let sent = 0; sent < data.length;) {
    const written = await conn.write(sent > 0 ? data.subarray(sent) : data);
    sent += written;
    onWritten(written);
  }
}
