/**
 * Settings: limits.
 *
 * @module
 */

import { readCount, readSize } from "../../units.ts";
import { DURATION, type FlagTable } from "./flag.ts";

/** Settings: limits. */
export const LIMIT_FLAGS = {
  maxConnections: {
    value: "N",
    read: readCount,
    default: "10000",
    help: "connections at once; 0: no limit",
  },
  maxConnectionsPerIp: {
    value: "N",
    read: readCount,
    default: "0",
    help: "the same from one IP address; 0: no limit",
  },
  idleTimeout: {
    ...DURATION,
    default: "5m",
    help: "end a connection without traffic; 0: never",
  },
  writeTimeout: {
    ...DURATION,
    default: "30s",
    help: "drop a client that does not read; 0: never",
  },
  maxLifetime: {
    ...DURATION,
    default: "0",
    help: "end a connection after this time; 0: never",
  },
  maxBytes: {
    value: "SIZE",
    read: readSize,
    default: "0",
    help: "end a connection after echoing this much; 0: never",
  },
  shutdownTimeout: {
    ...DURATION,
    default: "10s",
    help: "time to finish after Ctrl+C or SIGTERM; 0: none",
  },
} as const satisfies FlagTable;
