/**
 * Settings: faults.
 *
 * @module
 */

import { formatFault, parseFault } from "../../faults/grammar.ts";
import { KINDS } from "../../faults/kinds.ts";
import { SELECTOR_KEYS } from "../../faults/selector.ts";
import type { FaultKey } from "../../faults/stage.ts";
import { readSeed, readText } from "../../units.ts";
import type { FlagTable, Offer } from "./flag.ts";

function offerKinds(): Offer[] {
  return Object.entries(KINDS).map(([kind, { keys, help }]) => {
    const own = Object.entries<FaultKey>(keys);
    const isBeginning = own.some(([, { required }]) => required);
    const all = Object.keys({ ...keys, ...SELECTOR_KEYS });
    return {
      text: isBeginning ? `${kind}:` : kind,
      help,
      // A connection is refused before it could send any byte.
      keys: all.filter((key) => kind !== "refuse" || key !== "after"),
    };
  });
}

/** Settings: faults. */
export const FAULT_FLAGS = {
  fault: {
    value: "SPEC",
    read: parseFault,
    show: formatFault,
    offers: offerKinds(),
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
} as const satisfies FlagTable;
