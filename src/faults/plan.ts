/**
 * The faults of a server, and which of them hit a connection.
 *
 * @module
 */

import type { Decisions } from "./decisions.ts";
import { kindOf } from "./kinds.ts";
import { type After, beginsAfter, selects } from "./selector.ts";
import type { Stage, StageControl } from "./stage.ts";
import type { Fault } from "./types.ts";

/** A fault that hits a connection. */
export interface Hit {
  /** The fault. */
  readonly fault: Fault;
  /** When it begins. */
  readonly after: After;
  /** Puts it to work. */
  readonly start: (control: Omit<StageControl, "decide">) => Stage;
}

/** The faults of a server, in the order in which they are composed. */
export class FaultPlan {
  /** The faults. */
  readonly faults: readonly Fault[];
  #decisions: Decisions;

  /**
   * @param faults the faults, in order.
   * @param decisions who decides.
   */
  constructor(faults: readonly Fault[], decisions: Decisions) {
    this.faults = faults;
    this.#decisions = decisions;
  }

  /**
   * Finds the faults that hit a connection.
   *
   * @param id the connection's number.
   * @param ip the peer's address, if it has one.
   * @returns the faults, in order.
   */
  hits(id: number, ip: string | undefined): readonly Hit[] {
    return this.faults.flatMap((fault, index) => {
      const isHit = selects(fault, id, ip) &&
        this.#decisions.hits(id, index, fault);
      return isHit ? [this.#hit(fault, index, id)] : [];
    });
  }

  #hit(fault: Fault, index: number, id: number): Hit {
    const { kind } = fault;
    const decide: StageControl["decide"] = (offset, choose) =>
      this.#decisions.decide(id, index, kind, offset, choose);
    return {
      fault,
      after: beginsAfter(fault),
      start: (control) => kindOf(kind).stage(fault, { ...control, decide }),
    };
  }
}
