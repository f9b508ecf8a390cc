/**
 * Datagrams that got no answer, by reason.
 *
 * @module
 */

import { formatHost, formatListenUrl } from "../listen_url.ts";
import type { NetAddr } from "../net.ts";
import type { SourceRefusal } from "./guard.ts";

/**
 * Why a datagram got no answer.
 *
 * - `low-port`: its source port is below 1024, where services live;
 * - `own-port`: its source port is one of this server's;
 * - `bad-address`: its source is a broadcast, multicast or reserved address;
 * - `rate`: its source has sent more than the rate limit allows;
 * - `fault`: a fault that was asked for;
 * - `congestion`: more answers wait to be sent than are kept;
 * - `send-error`: the system did not send the answer;
 * - `shutdown`: the server is going away.
 *
 * @example What was dropped
 * ```ts
 * import { type DropReason, serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({ listen: "udp://127.0.0.1:0" });
 * const reason: DropReason = "rate";
 * console.log(server.stats.datagrams.dropped[reason] ?? 0); // 0
 * ```
 */
export type DropReason =
  | SourceRefusal
  | "rate"
  | "fault"
  | "congestion"
  | "send-error"
  | "shutdown";

/**
 * What a server has done about datagrams until now.
 *
 * @example How many were answered
 * ```ts
 * import { type DatagramStats, serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({ listen: "udp://127.0.0.1:0" });
 * const { received, sent }: DatagramStats = server.stats.datagrams;
 * console.log(received, sent); // 0 0
 * ```
 */
export interface DatagramStats {
  /** Datagrams received. */
  readonly received: number;
  /** Answers that the operating system has taken. */
  readonly sent: number;
  /** Bytes received. */
  readonly bytesIn: number;
  /** Bytes in answers. */
  readonly bytesOut: number;
  /** Datagrams and answers that were dropped, by reason. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/**
 * What became of all datagrams, told once at the end.
 *
 * @example In a listener of records
 * ```ts
 * import { type DatagramsRecord, serveEcho } from "@echod/echod";
 *
 * const seen: DatagramsRecord[] = [];
 * const server = await serveEcho({
 *   listen: "udp://127.0.0.1:0",
 *   onRecord: (record) => {
 *     if (record.event === "datagrams") seen.push(record);
 *   },
 * });
 * await server.shutdown();
 * console.log(seen.length); // 1
 * ```
 */
export interface DatagramsRecord extends Omit<DatagramStats, "dropped"> {
  /** What happened. */
  readonly event: "datagrams";
  /** Datagrams and answers that were dropped, for whatever reason. */
  readonly dropped: number;
}

/**
 * Datagrams got no answer. The first of a reason is told at once, those that
 * follow are summed up: with a later one, every ten seconds at most, and at the
 * end.
 *
 * @example In a listener of records
 * ```ts
 * import { type DroppedRecord, serveEcho } from "@echod/echod";
 *
 * const seen: DroppedRecord[] = [];
 * await using server = await serveEcho({
 *   listen: "udp://127.0.0.1:0",
 *   onRecord: (record) => {
 *     if (record.event === "dropped") seen.push(record);
 *   },
 * });
 * console.log(server.url, seen.length);
 * ```
 */
export interface DroppedRecord {
  /** What happened. */
  readonly event: "dropped";
  /** The URL of the socket. */
  readonly url: string;
  /** Where the latest of them says that it comes from. */
  readonly peer: string;
  /** Why. */
  readonly reason: DropReason;
  /** How many there were since the last such record. */
  readonly count: number;
  /** What went wrong, where the reason is `send-error`. */
  readonly error?: string;
}

// A flood must not become a flood of records.
const TELL_EVERY_MS = 10_000;

/** Counts drops, and tells of each reason now and then. */
export class DropCounter {
  #tell: (record: DroppedRecord) => void;
  #totals: Partial<Record<DropReason, number>> = {};
  #untold = new Map<DropReason, Untold>();
  #toldAt = new Map<DropReason, number>();

  /** @param tell told of the first drop of a reason at once, then of sums. */
  constructor(tell: (record: DroppedRecord) => void) {
    this.#tell = tell;
  }

  /** All that was dropped, by reason. */
  get totals(): Readonly<Partial<Record<DropReason, number>>> {
    return { ...this.#totals };
  }

  /**
   * Counts a drop.
   *
   * @param reason why.
   * @param addr the socket's address.
   * @param peer whose datagram it was.
   * @param error what went wrong, if anything.
   */
  count(
    reason: DropReason,
    addr: NetAddr,
    peer: NetAddr,
    error?: string,
  ): void {
    this.#totals[reason] = (this.#totals[reason] ?? 0) + 1;
    // It was asked for.
    if (reason === "fault") return;
    const count = (this.#untold.get(reason)?.count ?? 0) + 1;
    this.#untold.set(reason, { count, addr, peer, error });
    const now = performance.now();
    if (now - (this.#toldAt.get(reason) ?? -Infinity) < TELL_EVERY_MS) return;
    this.#toldAt.set(reason, now);
    this.#tellOf(reason);
  }

  /** Tells what has not been told yet. */
  flush(): void {
    for (const reason of [...this.#untold.keys()]) this.#tellOf(reason);
  }

  #tellOf(reason: DropReason): void {
    const untold = this.#untold.get(reason);
    if (!untold) return;
    this.#untold.delete(reason);
    const { count, addr, peer, error } = untold;
    this.#tell({
      event: "dropped",
      ...{ url: formatListenUrl(addr), peer: formatHost(peer), reason, count },
      ...(error !== undefined && { error }),
    });
  }
}

/** Drops of a reason since they were last told of, and the latest of them. */
interface Untold {
  readonly count: number;
  readonly addr: NetAddr;
  readonly peer: NetAddr;
  readonly error?: string;
}
