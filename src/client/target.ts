/**
 * The URLs of echo servers, as clients name them.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import { formatListenUrl, parseListenUrl } from "../listen_url.ts";
import type { Addr, NetAddr } from "../net.ts";

/** What goes to a server: bytes, datagrams, requests, or messages. */
export type TargetKind = "stream" | "datagram" | "http" | "websocket";

/** An echo server, as a client names it. */
export interface Target {
  /** What goes there. */
  readonly kind: TargetKind;
  /** Where it is; WebSockets are over `http` or `https`. */
  readonly addr: Addr;
  /** The URL, in its one form. */
  readonly url: string;
}

/** An echo server that has a host and a port. */
export interface NetTarget extends Target {
  readonly addr: NetAddr;
}

const EXPECTED = "expected tcp://HOST:PORT, tls://…, udp://…, unix:PATH, " +
  "http://…, https://…, ws://… or wss://…, such as tcp://127.0.0.1:8080";

const WEB = { http: "http", https: "https", ws: "http", wss: "https" } as const;
const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** How URLs of echo servers begin. */
export const TARGET_BEGINNINGS: readonly string[] = [
  ...["tcp", "tls", "udp", ...Object.keys(WEB)].map((name) => `${name}://`),
  "unix:",
];

/**
 * Parses the URL of an echo server.
 *
 * @param url as for listeners, and `ws` and `wss` besides; `http`, `https`, `ws`
 * and `wss` may have a path and a query, and may do without a port.
 * @returns the server.
 * @throws {OptionError} if it is not such a URL; the message is the reason
 * alone, for the caller to say what the URL was for.
 */
export function parseTarget(url: string): Target {
  const [, scheme, rest] = /^([a-z][\w+.-]*):(.*)$/is.exec(url) ?? [];
  const isWeb = Object.hasOwn(WEB, scheme ?? "");
  if (isWeb) return parseWeb(url, scheme as keyof typeof WEB);
  if (!["tcp", "tls", "udp", "unix"].includes(scheme)) {
    const unknown = rest?.startsWith("//");
    const meant = `tcp://${url}`;
    if (!unknown && isTarget(meant)) {
      throw new OptionError(`expected a URL: did you mean ${meant}?`);
    }
    throw new OptionError(
      (unknown ? `unknown scheme "${scheme}", ` : "") + EXPECTED,
    );
  }
  const addr = parseListenUrl(url);
  if ("port" in addr && addr.port === 0) {
    throw new OptionError(`expected ${scheme}://HOST:PORT, PORT from 1`);
  }
  const kind = addr.transport === "udp" ? "datagram" : "stream";
  return { kind, addr, url: formatListenUrl(addr) };
}

function isTarget(url: string): boolean {
  try {
    parseTarget(url);
    return true;
  } catch {
    return false;
  }
}

function parseWeb(text: string, scheme: keyof typeof WEB): NetTarget {
  const transport = WEB[scheme];
  const url = URL.parse(text);
  // What follows a `#` or stands before an `@` would go nowhere.
  const isWhole = /^[a-z]+:\/\/[^/?#@\\\s]+([/?][^#\s]*)?$/i.test(text);
  if (!url || !isWhole || url.port === "0") {
    throw new OptionError(
      `expected ${scheme}://HOST:PORT/PATH, such as ${scheme}://127.0.0.1:8080`,
    );
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(url.port) || DEFAULT_PORTS[transport];
  return {
    kind: scheme.startsWith("ws") ? "websocket" : "http",
    addr: { transport, hostname, port },
    url: url.href,
  };
}
