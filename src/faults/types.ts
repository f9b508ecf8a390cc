/**
 * The faults that a server can be asked for, as plain objects.
 *
 * @module
 */

/** Which connections a fault hits, and from when on. */
export interface FaultSelector {
  /**
   * Probability that a connection is hit, 0 to 1; 0 hits none, ever.
   *
   * @default {1}
   */
  readonly p?: number;
  /** The connection of this number, or those of a range such as `"1-3"`. */
  readonly conn?: number | `${number}-${number}`;
  /** Every connection whose number is a multiple of this. */
  readonly every?: number;
  /**
   * From when on: after so many received bytes (a number, or `"4KiB"`), or so
   * long after the start of the connection (`"2s"`).
   *
   * @default {0}
   */
  readonly after?: number | string;
  /** Peers of this IP address or range, such as `"10.0.0.0/8"`. */
  readonly peer?: string;
}

/** Delays every chunk; order and throughput stay. */
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

/** Holds the echo to a rate. */
export interface BandwidthFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "bandwidth";
  /** Bytes a second. */
  readonly rate: number;
}

/** Cuts the echo into small writes. */
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

/** Echoes so many bytes, then ends the connection with FIN. */
export interface LimitDataFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "limit_data";
  /** Bytes that are echoed. */
  readonly bytes: number;
}

/** Stops answering, and ends the connection some time later. */
export interface TimeoutFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "timeout";
  /** Milliseconds of silence before the end. */
  readonly ms: number;
}

/** Answers the client's FIN late. */
export interface SlowCloseFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "slow_close";
  /** How late, in milliseconds. */
  readonly ms: number;
}

/** Drops the connection with a real RST. */
export interface ResetPeerFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "reset_peer";
  /** Bytes that are echoed before. */
  readonly bytes?: number;
  /** Milliseconds before; without `bytes` and `ms`, at once. */
  readonly ms?: number;
}

/** Flips one bit in some bytes. */
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

/** Reads and never answers. */
export interface MuteFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "mute";
}

/** Reads nothing, so that the client's writes come to a halt. */
export interface NeverReadFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "never_read";
}

/** Closes the connection as soon as it is accepted. */
export interface RefuseFault extends FaultSelector {
  /** Which fault this is. */
  readonly kind: "refuse";
}

/** Any fault. */
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
  | RefuseFault;
