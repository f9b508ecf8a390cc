/**
 * What a connection and a server are allowed.
 *
 * @module
 */

import type { Room } from "./net.ts";
import { plainIp } from "./ip.ts";

/**
 * Limits of a server; 0 means no limit, everywhere.
 *
 * @example A server that has little patience
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   maxConnections: 10,
 *   idleTimeoutMs: 1000,
 * });
 * console.log(server.url);
 * ```
 */
export interface Limits {
  /** Connections open at once. */
  readonly maxConnections: number;
  /** Connections open at once from one IP address. */
  readonly maxConnectionsPerIp: number;
  /** Milliseconds without a byte, while nothing waits to be written. */
  readonly idleTimeoutMs: number;
  /** Milliseconds that a write may make no progress. */
  readonly writeTimeoutMs: number;
  /** Milliseconds that a TLS handshake, a PROXY or an HTTP header may take. */
  readonly handshakeTimeoutMs: number;
  /** Milliseconds that a connection may last. */
  readonly maxLifetimeMs: number;
  /** Bytes echoed on one connection. */
  readonly maxBytes: number;
}

/** The limits of a server that was told nothing else. */
export const DEFAULT_LIMITS: Limits = {
  maxConnections: 10_000,
  maxConnectionsPerIp: 0,
  idleTimeoutMs: 5 * 60_000,
  writeTimeoutMs: 30_000,
  handshakeTimeoutMs: 10_000,
  maxLifetimeMs: 0,
  maxBytes: 0,
};

/** The limits among some options, with defaults for those that are left out. */
export function pickLimits(options: Partial<Limits>): Limits {
  const keys = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
  return Object.fromEntries(
    keys.map((key) => [key, options[key] ?? DEFAULT_LIMITS[key]]),
  ) as unknown as Limits;
}

/**
 * What turned a newcomer away: a limit, a PROXY header that was required of
 * somebody who is not trusted to send one, or a fault that was asked for.
 *
 * @example Who was turned away
 * ```ts
 * import { serveEcho, type RefusalReason } from "@echod/echod";
 *
 * const reasons: RefusalReason[] = [];
 * await using server = await serveEcho({
 *   maxConnections: 1,
 *   onRecord: (record) => {
 *     if (record.event === "refused") reasons.push(record.reason);
 *   },
 * });
 * console.log(server.url, reasons);
 * ```
 */
export type RefusalReason =
  | "max-connections"
  | "max-connections-per-ip"
  | "untrusted-proxy"
  | "fault";

/** Lets newcomers in, or not. */
export interface AdmissionControl {
  /**
   * Lets a newcomer in, to be counted until `leave`.
   *
   * @param descriptors the files that it takes. Default: 1.
   * @returns why it is turned away, or `undefined` if it is let in.
   */
  enter(descriptors?: number): RefusalReason | undefined;
  /**
   * Counts somebody who was let in for an IP address, until `leaveIp`.
   *
   * @param ip the client's address; on Unix sockets there is none.
   * @returns why it is turned away after all, or `undefined`.
   */
  enterIp(ip: string | undefined): RefusalReason | undefined;
  /** Takes back an `enter` that let somebody in. */
  leave(descriptors?: number): void;
  /** Takes back an `enterIp` that let somebody in. */
  leaveIp(ip: string | undefined): void;
}

/** Counts open connections against the two connection limits. */
export class Admission implements AdmissionControl {
  #open = 0;
  // Without a limit there is nothing to count.
  #openPerIp?: Map<string, number>;
  #room: Room;
  #maxConnections: number;
  #maxConnectionsPerIp: number;

  /**
   * @param maxConnections connections open at once; 0: no limit.
   * @param maxConnectionsPerIp the same for one IP address; 0: no limit.
   * @param room what the process has room for.
   */
  constructor(
    maxConnections: number,
    maxConnectionsPerIp: number,
    room: Room = { size: Infinity, taken: 0 },
  ) {
    this.#room = room;
    this.#maxConnections = maxConnections || Infinity;
    this.#maxConnectionsPerIp = maxConnectionsPerIp;
    if (maxConnectionsPerIp > 0) this.#openPerIp = new Map();
  }

  enter(descriptors = 1): RefusalReason | undefined {
    const isFull = this.#room.taken + descriptors > this.#room.size;
    if (isFull || this.#open >= this.#maxConnections) return "max-connections";
    this.#open++;
    this.#room.taken += descriptors;
    return undefined;
  }

  enterIp(ip: string | undefined): RefusalReason | undefined {
    if (ip === undefined || !this.#openPerIp) return undefined;
    const key = plainIp(ip);
    const fromIp = this.#openPerIp.get(key) ?? 0;
    if (fromIp >= this.#maxConnectionsPerIp) return "max-connections-per-ip";
    this.#openPerIp.set(key, fromIp + 1);
    return undefined;
  }

  leave(descriptors = 1): void {
    this.#open--;
    this.#room.taken -= descriptors;
  }

  leaveIp(ip: string | undefined): void {
    if (ip === undefined || !this.#openPerIp) return;
    const key = plainIp(ip);
    const fromIp = this.#openPerIp.get(key) ?? 0;
    if (fromIp > 1) this.#openPerIp.set(key, fromIp - 1);
    else this.#openPerIp.delete(key);
  }
}
