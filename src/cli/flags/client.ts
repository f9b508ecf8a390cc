/**
 * Settings: the commands that are clients.
 *
 * @module
 */

import {
  readAtLeastOne,
  readSomeBytes,
  readSwitch,
  readText,
  readWorkers,
} from "../../units.ts";
import { OptionError } from "../../errors.ts";
import { COMMON_FLAGS } from "./common.ts";
import { DURATION, type FlagTable } from "./flag.ts";

// What is compared has to be in memory.
const LARGEST_MESSAGE = 64 * 2 ** 20;

// More would not be told apart by their ports, nor fit into memory.
const MOST_CONNECTIONS = 100_000;
const LONGEST_PIPELINE = 100_000;
// Beyond it, times are too short for numbers to keep them apart.
const HIGHEST_RATE = 1_000_000_000;

function upTo(most: number): (text: string) => number {
  return (text) => {
    const count = readAtLeastOne(text);
    if (count <= most) return count;
    throw new OptionError(`expected a whole number from 1 to ${most}`);
  };
}

function readMessageSize(text: string): number {
  const bytes = readSomeBytes(text);
  if (bytes <= LARGEST_MESSAGE) return bytes;
  throw new OptionError("expected a size from 1 to 64MiB");
}

const SHARED = {
  size: {
    short: "s",
    value: "SIZE",
    read: readMessageSize,
    default: "64",
    help: "size of a message",
  },
  timeout: {
    ...DURATION,
    default: "5s",
    help: "give up on an answer after this time; 0: never",
  },
  ca: {
    value: "FILE",
    read: readText,
    help: "trust what this certificate vouches for, as PEM",
  },
  json: {
    read: readSwitch,
    help: "print JSON, one object a line",
  },
} as const satisfies FlagTable;

/** Settings: `echod ping`. */
export const PING_FLAGS = {
  count: {
    short: "c",
    value: "N",
    read: readAtLeastOne,
    help: "stop after so many; without it, Ctrl+C stops",
  },
  interval: {
    short: "i",
    ...DURATION,
    default: "1s",
    help: "time from one to the next; 0: none",
  },
  ...SHARED,
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

/** Settings: `echod bench`. */
export const BENCH_FLAGS = {
  connections: {
    short: "c",
    value: "N",
    read: upTo(MOST_CONNECTIONS),
    default: "50",
    help: `connections at once, up to ${MOST_CONNECTIONS}`,
  },
  duration: {
    short: "d",
    ...DURATION,
    default: "10s",
    help: "stop after this time; 0: at Ctrl+C",
  },
  pipeline: {
    short: "P",
    value: "N",
    read: upTo(LONGEST_PIPELINE),
    default: "1",
    help:
      `messages on their way at once on each connection, up to ${LONGEST_PIPELINE}`,
  },
  rate: {
    value: "N",
    read: upTo(HIGHEST_RATE),
    help:
      `messages a second in all, up to ${HIGHEST_RATE}; without it, as many as come back`,
  },
  threads: {
    value: "N",
    read: readWorkers,
    default: "1",
    help: "threads that share the connections; auto: one for each core",
  },
  ...SHARED,
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

/** Settings: `echod healthcheck`. */
export const HEALTHCHECK_FLAGS = {
  timeout: SHARED.timeout,
  ca: SHARED.ca,
  quiet: {
    short: "q",
    read: readSwitch,
    help: "say nothing unless it fails",
  },
  ...COMMON_FLAGS,
} as const satisfies FlagTable;
