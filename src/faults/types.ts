/**
 * The faults that a server can be asked for, as plain objects.
 *
 * @module
 */

import type { FaultSelector } from "./selector.ts";
import type {
  DropFault,
  DuplicateFault,
  ReorderFault,
} from "./datagram_types.ts";

/**
 * Delays every chunk; order and throughput stay.
 *
 * @example 100 ms, give or take 20
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "latency", ms: 100, jitter: 20 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface LatencyFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "latency";
  /** The delay, in milliseconds. */
  readonly ms: number;
  /**
   * How far a delay may be off, either way, in milliseconds.
   *
   * @default {0}
   */
  readonly jitter?: number;
}

/**
 * Holds the echo to a rate.
 *
 * @example 64 KiB a second
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "bandwidth", rate: 64 * 1024 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface BandwidthFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "bandwidth";
  /** Bytes a second. */
  readonly rate: number;
}

/**
 * Cuts the echo into small writes.
 *
 * @example One byte at a time, so that parsers meet every border
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "slicer", size: 1, delay: 1 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface SlicerFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "slicer";
  /** Bytes a slice. */
  readonly size: number;
  /**
   * Milliseconds between slices; without any, slices may arrive together.
   *
   * @default {0}
   */
  readonly delay?: number;
}

/**
 * Echoes so many bytes, then ends the connection with FIN.
 *
 * @example An answer that ends too early
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "limit_data", bytes: 100 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface LimitDataFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "limit_data";
  /** Bytes that are echoed. */
  readonly bytes: number;
}

/**
 * Stops answering, and ends the connection some time later.
 *
 * @example Silence after 1 KiB, and the end 5 s later
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "timeout", ms: 5000, after: "1KiB" }],
 * });
 * console.log(server.url);
 * ```
 */
export interface TimeoutFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "timeout";
  /** Milliseconds of silence before the end. */
  readonly ms: number;
}

/**
 * Answers the client's FIN late.
 *
 * @example An end that takes 3 s
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "slow_close", ms: 3000 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface SlowCloseFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "slow_close";
  /** How late, in milliseconds. */
  readonly ms: number;
}

/**
 * Drops the connection with a real RST.
 *
 * @example RST after 1 KiB on every second connection
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "reset_peer", bytes: 1024, every: 2 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface ResetPeerFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "reset_peer";
  /** Bytes that are echoed before; a client that lags may lose some to RST. */
  readonly bytes?: number;
  /** Milliseconds before; without `bytes` and `ms`, at once. */
  readonly ms?: number;
}

/**
 * Flips one bit in some bytes.
 *
 * @example One byte in a thousand
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "corrupt", rate: 0.001 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface CorruptFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "corrupt";
  /**
   * The share of bytes that are hit, 0 to 1.
   *
   * @default {0.01}
   */
  readonly rate?: number;
}

/**
 * Reads and never answers.
 *
 * @example A second connection that is never answered
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "mute", conn: 2 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface MuteFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "mute";
}

/**
 * Reads nothing, so that the client's writes come to a halt.
 *
 * @example A peer that stops reading after 2 s
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "never_read", after: "2s" }],
 * });
 * console.log(server.url);
 * ```
 */
export interface NeverReadFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "never_read";
}

/**
 * Closes the connection as soon as it is accepted.
 *
 * @example Every third connection is closed at once
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "refuse", every: 3 }],
 * });
 * console.log(server.url);
 * ```
 */
export interface RefuseFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "refuse";
}

/**
 * Any fault.
 *
 * @example Other faults at run time
 * ```ts
 * import { serveEcho, type Fault } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * const flaky: Fault[] = [
 *   { kind: "latency", ms: 50, jitter: 50 },
 *   { kind: "reset_peer", p: 0.1 },
 * ];
 * server.setFaults(flaky);
 * ```
 */
export type Fault =
  | LatencyFault
  | BandwidthFault
  | SlicerFault
  | LimitDataFault
  | TimeoutFault
  | SlowCloseFault
  | ResetPeerFault
  | CorruptFault
  | MuteFault
  | NeverReadFault
  | RefuseFault
  | DropFault
  | DuplicateFault
  | ReorderFault;
