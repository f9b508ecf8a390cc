/**
 * What a reception tells of a connection.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { errorText } from "./errors.ts";
import { describeTls, namesOf } from "./guest.ts";
import type { ConnectRecord, DisconnectRecord } from "./records.ts";

/** What there is to tell of a connection that begins. */
export function connectRecord({ guest, conn }: Connection): ConnectRecord {
  const { id, client, tls } = guest;
  return {
    event: "connect",
    ...{ id, ...namesOf(conn, client), ...describeTls(tls) },
  };
}

/**
 * What there is to tell of a connection that has ended.
 *
 * @param connection the connection.
 * @param error what ended it, if that is the reason.
 */
export function disconnectRecord(
  connection: Connection,
  error: unknown,
): DisconnectRecord {
  const { guest, conn, bytesIn, bytesOut, reason = "error" } = connection;
  const durationMs = Math.round(connection.ageMs);
  return {
    event: "disconnect",
    ...{ id: guest.id, ...namesOf(conn, guest.client) },
    ...{ bytesIn, bytesOut, durationMs, reason },
    ...(error !== undefined && { error: errorText(error) }),
  };
}
