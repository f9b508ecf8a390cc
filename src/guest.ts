/**
 * What is known of a client before its bytes are echoed.
 *
 * @module
 */

import type { Protocol } from "./echo_connection.ts";
import type { Hit } from "./faults/plan.ts";
import { formatPeer } from "./listen_url.ts";
import type { Addr, Conn, NetAddr, TlsSession } from "./net.ts";

/** A client that was let in. */
export interface Guest {
  /** The number of its connection. */
  readonly id: number;
  /** What kind of listener it came to. */
  readonly protocol: Protocol;
  /** The faults that hit it. */
  readonly hits: readonly Hit[];
  /** The address that counts for limits; on Unix sockets there is none. */
  readonly ip?: string;
  /** Who it is, where a proxy speaks for it. */
  readonly client?: NetAddr;
  /** What its TLS handshake has agreed on. */
  readonly tls?: TlsSession;
  /** Why it is not echoed. */
  readonly failure?: unknown;
}

/** The IP address of a peer; on Unix sockets there is none. */
export function ipOf(addr: Addr): string | undefined {
  return addr.transport === "unix" ? undefined : addr.hostname;
}

/** What a record calls a client: its peer, and who that speaks for. */
export function namesOf(
  { remoteAddr }: Conn,
  client: NetAddr | undefined,
): { readonly peer: string; readonly client?: string } {
  const peer = formatPeer(remoteAddr);
  return client ? { peer, client: formatPeer(client) } : { peer };
}

/** What a record says of TLS. */
export function describeTls(
  tls: TlsSession | undefined,
): { readonly tls?: string; readonly alpn?: string } {
  if (!tls) return {};
  const { protocol, alpn } = tls;
  return alpn ? { tls: protocol, alpn } : { tls: protocol };
}

/** Who comes, and to what kind of listener. */
export interface Newcomer {
  /** The connection. */
  readonly conn: Conn;
  /** What its listener speaks. */
  readonly protocol: Protocol;
}

/** Whether what comes are requests. */
export function isRequested(protocol: Protocol): boolean {
  return protocol === "http" || protocol === "https";
}

/** The files that a connection takes: HTTP goes on over two more sockets. */
export function descriptorsOf(protocol: Protocol): number {
  return isRequested(protocol) ? 3 : 1;
}
