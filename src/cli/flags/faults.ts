/**
 * Settings: faults.
 *
 * @module
 */

import { formatFault, parseFault } from "../../faults/grammar.ts";
import { readSeed, readText } from "../../units.ts";
import type { Flag } from "./flag.ts";

/** Settings: faults. */
export const FAULT_FLAGS = {
  fault: {
    value: "SPEC",
    read: parseFault,
    show: formatFault,
    repeatable: true,
    separator: ";",
    help: "misbehave on purpose, repeatable: latency:ms=100, reset_peer:p=0.1",
  },
  seed: {
    value: "N",
    read: readSeed,
    help: "repeat what faults leave to chance; without it, it is drawn",
  },
  faultLog: {
    value: "FILE",
    read: readText,
    help: "write what chance decided here, as JSON lines",
  },
  faultReplay: {
    value: "FILE",
    read: readText,
    help: "take faults, seed and decisions from such a file",
  },
} as const satisfies Record<string, Flag<unknown>>;
