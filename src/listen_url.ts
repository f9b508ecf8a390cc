/**
 * The URLs that name listeners, such as `tcp://127.0.0.1:7`.
 *
 * @module
 */

import { isIPv6 } from "node:net";
import { OptionError } from "./errors.ts";
import type { Addr } from "./net.ts";

const EXPECTED = "expected tcp://HOST:PORT, such as tcp://127.0.0.1:7";

/**
 * Parses a listener's URL.
 *
 * @param url `tcp://HOST:PORT`; an IPv6 address stands in brackets.
 * @returns the address it names.
 * @throws {OptionError} if it is not such a URL; the message is the reason
 * alone, for the caller to say what the URL was for.
 */
export function parseListenUrl(url: string): Addr {
  const scheme = /^([a-z][\w+.-]*):/i.exec(url)?.[1];
  if (scheme !== "tcp") {
    const unknown = scheme && url.startsWith(`${scheme}://`);
    throw new OptionError(
      (unknown ? `unknown scheme "${scheme}", ` : "") + EXPECTED,
    );
  }
  const [, host, portText] =
    /^tcp:\/\/(\[[^\]]*\]|[^:/?#@\s]+):(\d+)\/?$/.exec(url) ?? [];
  if (host === undefined) throw new OptionError(EXPECTED);
  const hostname = readHost(host);
  const port = Number(portText);
  if (port > 65535) throw new OptionError(`${EXPECTED}, PORT up to 65535`);
  return { transport: "tcp", hostname, port };
}

/**
 * Reads a host name or an IP address; brackets around IPv6 are taken off.
 *
 * @param text the name or address.
 * @returns the host without brackets.
 * @throws {OptionError} if it cannot be one.
 */
export function readHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  const isName = host === text && /^[^\s:/?#@*[\]]+$/.test(host);
  if (isName || isIPv6(host)) return host;
  throw new OptionError(
    "expected a host name or an IP address, such as 127.0.0.1 or ::1",
  );
}

/** The `HOST:PORT` of an address, with brackets around IPv6. */
export function formatHost({ hostname, port }: Addr): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/** The URL of a listener's address. */
export function formatListenUrl(addr: Addr): string {
  return `${addr.transport}://${formatHost(addr)}`;
}
