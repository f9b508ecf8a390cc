/**
 * Where a status server may listen.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import { formatHost } from "../listen_url.ts";
import type { NetAddr } from "../net.ts";
import { isLoopback } from "../udp/guard.ts";

/**
 * Checks that a status server is not open to everybody.
 *
 * @param addr where it is to listen.
 * @param token what clients have to give, if anything.
 * @throws {OptionError} if others than this machine could ask it without a
 * token, or if the token is one that no client can give.
 */
export function checkStatusAddr(
  addr: NetAddr,
  token: string | undefined,
): void {
  if (token === undefined) {
    const { hostname } = addr;
    if (isLoopback(hostname) || hostname.toLowerCase() === "localhost") return;
    throw new OptionError(
      `Cannot use --status ${formatHost(addr)} without --status-token: ` +
        "expected a loopback address, such as 127.0.0.1:9090, or a token, " +
        "as others than this machine could ask it",
    );
  }
  // Bearer tokens end where a space is, and headers are not UTF-8.
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new OptionError(
    "Cannot use --status-token: expected at least 1 character, all of them " +
      "visible ASCII, such as what `openssl rand -hex 16` prints",
  );
}
