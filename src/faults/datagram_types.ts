/**
 * The faults that only datagrams have, as plain objects.
 *
 * @module
 */

import type { FaultSelector } from "./selector.ts";

/**
 * Gives a datagram no answer.
 *
 * @example Every tenth datagram is lost, about
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   listen: "udp://127.0.0.1:0",
 *   faults: [{ kind: "drop", p: 0.1 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface DropFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "drop";
}

/**
 * Answers a datagram twice.
 *
 * @example Every second datagram comes back twice
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   listen: "udp://127.0.0.1:0",
 *   faults: [{ kind: "duplicate", every: 2 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface DuplicateFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "duplicate";
}

/**
 * Holds an answer back until the next one to the same client has gone by.
 *
 * @example The first answer comes second
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   listen: "udp://127.0.0.1:0",
 *   faults: [{ kind: "reorder", conn: 1 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface ReorderFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "reorder";
  /**
   * How long it is held back if there is no next one, in milliseconds.
   *
   * @default {100}
   */
  readonly ms?: number;
}
