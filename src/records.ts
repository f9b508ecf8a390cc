/**
 * What a server has to tell: one typed record for everything that happens.
 *
 * @module
 */

import type { EndReason } from "./echo_connection.ts";
import type { RefusalReason } from "./limits.ts";
import type { RequestRecord } from "./http/requests.ts";
import type { DatagramsRecord, DroppedRecord } from "./udp/drops.ts";

/**
 * A listener is open.
 *
 * @example In a listener of records
 * ```ts
 * import { serveEcho, type ListeningRecord } from "@echod/echod";
 *
 * const seen: ListeningRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "listening") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface ListeningRecord {
  /** What happened. */
  readonly event: "listening";
  /** The listener's URL, with its real port. */
  readonly url: string;
  /** Which of its planes it is, if not the echo. */
  readonly plane?: "status";
  /** Name and version of the runtime that listens. */
  readonly runtime: string;
  /** The seed of what faults leave to chance, if there are faults. */
  readonly seed?: number;
  /** The SHA-256 fingerprint of the certificate, of a listener for TLS. */
  readonly fingerprint?: string;
}

/**
 * A client was let in.
 *
 * @example In a listener of records
 * ```ts
 * import { serveEcho, type ConnectRecord } from "@echod/echod";
 *
 * const seen: ConnectRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "connect") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface ConnectRecord {
  /** What happened. */
  readonly event: "connect";
  /** 1 for the server's first connection, and so on. */
  readonly id: number;
  /** The peer's `HOST:PORT`; `unix` on a Unix socket. */
  readonly peer: string;
  /** The client's `HOST:PORT`, where the peer is a proxy that tells it. */
  readonly client?: string;
  /** The version of TLS, where there is TLS. */
  readonly tls?: string;
  /** The application protocol that TLS has agreed on (ALPN), if any. */
  readonly alpn?: string;
}

/**
 * A connection is over.
 *
 * @example In a listener of records
 * ```ts
 * import { serveEcho, type DisconnectRecord } from "@echod/echod";
 *
 * const seen: DisconnectRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "disconnect") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface DisconnectRecord {
  /** What happened. */
  readonly event: "disconnect";
  /** The number in its {@linkcode ConnectRecord}. */
  readonly id: number;
  /** The peer's `HOST:PORT`; `unix` on a Unix socket. */
  readonly peer: string;
  /** The client's `HOST:PORT`, where the peer is a proxy that tells it. */
  readonly client?: string;
  /** Bytes received to be echoed. */
  readonly bytesIn: number;
  /** Bytes echoed, counted when the operating system takes them. */
  readonly bytesOut: number;
  /** How long it lasted, in milliseconds. */
  readonly durationMs: number;
  /** Why it ended. */
  readonly reason: EndReason;
  /** What went wrong, where the reason is `error`. */
  readonly error?: string;
}

/**
 * A client was turned away.
 *
 * @example In a listener of records
 * ```ts
 * import { serveEcho, type RefusedRecord } from "@echod/echod";
 *
 * const seen: RefusedRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "refused") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface RefusedRecord {
  /** What happened. */
  readonly event: "refused";
  /** The peer's `HOST:PORT`; `unix` on a Unix socket. */
  readonly peer: string;
  /** The client's `HOST:PORT`, where the peer is a proxy that tells it. */
  readonly client?: string;
  /** The limit that is reached, or that a fault wants it so. */
  readonly reason: RefusalReason;
}

/**
 * Newcomers get other faults.
 *
 * @example In a listener of records
 * ```ts
 * import { type FaultsRecord, serveEcho } from "@echod/echod";
 *
 * const seen: FaultsRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "faults") seen.push(record);
 *   },
 * });
 * server.setFaults([{ kind: "mute" }]);
 * console.log(seen[0].faults); // mute
 * ```
 */
export interface FaultsRecord {
  /** What happened. */
  readonly event: "faults";
  /** The faults, as `--fault` takes them, with semicolons between. */
  readonly faults: string;
  /** The seed of what they leave to chance. */
  readonly seed: number;
}

/**
 * The server stops.
 *
 * @example In a listener of records
 * ```ts
 * import { serveEcho, type ShutdownRecord } from "@echod/echod";
 *
 * const seen: ShutdownRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "shutdown") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface ShutdownRecord {
  /** What happened. */
  readonly event: "shutdown";
  /** Connections that were open when it began. */
  readonly connections: number;
  /** Milliseconds that they have to end. */
  readonly timeoutMs: number;
}

/**
 * Something is not as asked for, and the server goes on.
 *
 * @example In a listener of records
 * ```ts
 * import { serveEcho, type WarningRecord } from "@echod/echod";
 *
 * const seen: WarningRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "warning") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface WarningRecord {
  /** What happened. */
  readonly event: "warning";
  /** What, and what to do. */
  readonly message: string;
}

/**
 * Something failed, and the server goes on.
 *
 * @example In a listener of records
 * ```ts
 * import { serveEcho, type ErrorRecord } from "@echod/echod";
 *
 * const seen: ErrorRecord[] = [];
 * await using server = await serveEcho({
 *   onRecord: (record) => {
 *     if (record.event === "error") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface ErrorRecord {
  /** What happened. */
  readonly event: "error";
  /** The peer's `HOST:PORT`, where it is about one. */
  readonly peer?: string;
  /** The client's `HOST:PORT`, where the peer is a proxy that tells it. */
  readonly client?: string;
  /** What, and what to do. */
  readonly message: string;
}

/**
 * Everything that a server tells.
 *
 * @example A log of your own
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   onRecord: ({ event, ...fields }) => console.log(event, fields),
 * });
 * console.log(server.url);
 * ```
 */
export type ServerRecord =
  | ListeningRecord
  | ConnectRecord
  | DisconnectRecord
  | RefusedRecord
  | DroppedRecord
  | DatagramsRecord
  | RequestRecord
  | FaultsRecord
  | ShutdownRecord
  | WarningRecord
  | ErrorRecord;
