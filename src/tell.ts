/**
 * What a server says, and when.
 *
 * @module
 */

import { errorText } from "./errors.ts";
import { isSecure } from "./listen.ts";
import { formatListenUrl } from "./listen_url.ts";
import type { Addr, Room } from "./net.ts";
import type {
  ErrorRecord,
  ListeningRecord,
  ServerRecord,
  WarningRecord,
} from "./records.ts";

/**
 * Makes a teller that cannot harm whoever uses it.
 *
 * @param onRecord who is told; what it throws is reported as uncaught.
 * @returns a function that does not throw.
 */
export function safeTeller(
  onRecord: (record: ServerRecord) => void = () => {},
): (record: ServerRecord) => void {
  return (record) => {
    try {
      onRecord(record);
    } catch (error) {
      reportError(error);
    }
  };
}

/**
 * What there is to say of a limit that the process has no room for, if any.
 *
 * @param maxConnections the limit that was asked for; `undefined` for none.
 * @param room what there is room for, if that is known.
 * @returns a warning, or `undefined`.
 */
export function warnOfRoom(
  maxConnections: number | undefined,
  room: Pick<Room, "size" | "hint"> | undefined,
): WarningRecord | undefined {
  if (maxConnections === undefined || room === undefined) return undefined;
  if ((maxConnections || Infinity) <= room.size) return undefined;
  const { size, hint = "raise the limit of open files (ulimit -n)" } = room;
  const message = `Connections are limited to ${size}, since file ` +
    `descriptors might run out with more: ${hint}`;
  return { event: "warning", message };
}

/**
 * What there is to say of a listener that is open.
 *
 * @param addr where it is.
 * @param runtime name and version of the runtime.
 * @param seed the seed of what faults leave to chance, if there are faults.
 * @param fingerprint that of the certificate, if there is one.
 * @returns the record.
 */
export function listeningRecord(
  addr: Addr,
  runtime: string,
  seed: number | undefined,
  fingerprint: string | undefined,
): ListeningRecord {
  return {
    event: "listening",
    url: formatListenUrl(addr),
    runtime,
    ...(seed !== undefined && { seed }),
    ...(isSecure(addr) && { fingerprint }),
  };
}

/** What there is to say of a listener that cannot accept. */
export function acceptError(addr: Addr, error: unknown): ErrorRecord {
  const message = `Cannot accept on ${formatListenUrl(addr)}: ` +
    `${errorText(error)}; trying again until it works`;
  return { event: "error", message };
}
