/**
 * How the system spells the name of a Unix socket.
 *
 * @module
 */

import type { UnixAddr } from "../net.ts";

/** The path, or a zero byte before a name of the abstract namespace (unix(7)). */
export function socketPath({ path }: UnixAddr): string {
  return path.replace(/^@/, "\0");
}
