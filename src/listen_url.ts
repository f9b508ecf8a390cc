/**
 * The URLs that name listeners, such as `tcp://127.0.0.1:7`.
 *
 * @module
 */

import { OptionError } from "./errors.ts";
import { isIPv6 } from "./ip.ts";
import type { Addr, NetAddr, UnixAddr } from "./net.ts";

const EXPECTED = "expected tcp://HOST:PORT, tls://…, udp://…, http://…, " +
  "https://… or unix:PATH, such as tcp://127.0.0.1:7";

/** The schemes of URLs with a host and a port. */
export const PORT_SCHEMES = [
  "tcp",
  "tls",
  "udp",
  "http",
  "https",
] as const satisfies NetAddr["transport"][];

/**
 * Parses a listener's URL.
 *
 * @param url `tcp://HOST:PORT`, where an IPv6 address stands in brackets, the
 * same with `tls`, `udp`, `http` and `https`, or `unix:PATH`, where `@NAME` is a
 * name of Linux's abstract namespace.
 * @returns the address it names.
 * @throws {OptionError} if it is not such a URL; the message is the reason
 * alone, for the caller to say what the URL was for.
 */
export function parseListenUrl(url: string): Addr {
  const [, scheme, rest] = /^([a-z][\w+.-]*):(.*)$/is.exec(url) ?? [];
  if (scheme === "unix") return readUnix(rest);
  const transport = PORT_SCHEMES.find((known) => known === scheme);
  if (!transport) {
    const unknown = rest?.startsWith("//");
    throw new OptionError(
      (unknown ? `unknown scheme "${scheme}", ` : "") + EXPECTED,
    );
  }
  const [, host, portText] =
    /^\/\/(\[[^\]]*\]|[^:/?#@\s]+):(\d+)\/?$/.exec(rest) ?? [];
  const expected = `expected ${scheme}://HOST:PORT`;
  if (host === undefined) {
    throw new OptionError(`${expected}, such as ${scheme}://127.0.0.1:7`);
  }
  const hostname = readHost(host);
  const port = Number(portText);
  if (port > 65535) throw new OptionError(`${expected}, PORT up to 65535`);
  return { transport, hostname, port };
}

// What `sun_path` holds, on Linux; 104 on macOS, whose own error says so.
const LONGEST_PATH = 107;

function readUnix(text: string): UnixAddr {
  // unix:///run/echo.sock is how many a program writes an absolute path.
  const path = text.replace(/^\/\/(?=\/)/, "");
  const bytes = new TextEncoder().encode(path).length;
  if (path === "" || path === "@" || /^\/\/|\0/.test(path)) {
    throw new OptionError(
      "expected unix:PATH or unix:@NAME, such as unix:/run/echo.sock",
    );
  }
  if (bytes <= LONGEST_PATH) return { transport: "unix", path };
  throw new OptionError(
    `expected a path of at most ${LONGEST_PATH} bytes, not of ${bytes}`,
  );
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

/**
 * Reads a `HOST:PORT`, where an IPv6 address stands in brackets.
 *
 * @param text the same.
 * @returns the address.
 * @throws {OptionError} if it is not one; the message is the reason alone.
 */
export function readHostPort(text: string): NetAddr {
  try {
    return parseListenUrl(`http://${text}`) as NetAddr;
  } catch {
    throw new OptionError("expected HOST:PORT, such as 127.0.0.1:9090");
  }
}

/** The `HOST:PORT` of an address, with brackets around IPv6. */
export function formatHost({ hostname, port }: NetAddr): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/** What records call a peer: its `HOST:PORT`, or `unix`, where it has none. */
export function formatPeer(addr: Addr): string {
  return addr.transport === "unix" ? "unix" : formatHost(addr);
}

/** The URL of a listener's address. */
export function formatListenUrl(addr: Addr): string {
  return addr.transport === "unix"
    ? `unix:${addr.path}`
    : `${addr.transport}://${formatHost(addr)}`;
}
