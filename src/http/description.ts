/**
 * What a request without a body is answered with: its own description.
 *
 * @module
 */

import { formatPeer } from "../listen_url.ts";
import type { HttpSession } from "./session.ts";

const REDACTED = "<redacted>";

const SECRET =
  /auth|cookie|token|secret|passw|credential|session|jwt|csrf|xsrf|key$/;

/**
 * Describes a request, for its own client.
 *
 * @param request the request.
 * @param url its URL.
 * @param session the connection that it came on.
 * @param showSecrets whether fields such as `Authorization` are shown as well.
 * @returns what was received, and by which way; nothing of the server.
 */
export function describeRequest(
  { method, headers }: Request,
  { pathname, search, searchParams }: URL,
  { guest, conn, version }: HttpSession,
  showSecrets: boolean,
): object {
  const { id, client, tls } = guest;
  return {
    method,
    path: pathname,
    query: search ? grouped(searchParams) : {},
    version,
    headers: Object.fromEntries(
      [...headers].map(([name, value]) => {
        const isShown = showSecrets || !SECRET.test(name);
        return [name, isShown ? value : REDACTED];
      }),
    ),
    peer: formatPeer(conn.remoteAddr),
    ...(client && { client: formatPeer(client) }),
    ...(tls && { tls: tls.protocol }),
    ...(tls?.alpn && { alpn: tls.alpn }),
    connection: id,
    time: new Date().toISOString(),
  };
}

// A name that is given many times has many values.
function grouped(
  params: URLSearchParams,
): Record<string, string | readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of params) {
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]),
  );
}
