/**
 * The faults of a server, and which of them hit what.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import type { Decider, Decisions } from "./decisions.ts";
import { kindOf } from "./kinds.ts";
import { type After, beginsAfter, selects } from "./selector.ts";
import type { Stage, StageControl, Traffic } from "./stage.ts";
import type { Fault } from "./types.ts";

/** A fault that hits a connection or a datagram. */
export interface Hit {
  /** The fault. */
  readonly fault: Fault;
  /** When it begins. */
  readonly after: After;
  /** Puts it to work. */
  readonly start: (control: Omit<StageControl, "decide">) => Stage;
}

/**
 * Makes sure that every fault has something to work on.
 *
 * @param faults the faults.
 * @param traffic what the server's listeners take.
 * @throws {OptionError} that names the fault that would do nothing.
 */
export function checkUse(
  faults: readonly Fault[],
  traffic: ReadonlySet<Traffic>,
): void {
  for (const { kind } of faults) {
    const { over } = kindOf(kind);
    if (over.some((one) => traffic.has(one))) continue;
    throw new OptionError(
      `Cannot use fault ${kind}: it is for ${over.join(" and ")}, ` +
        `and the listeners take ${[...traffic].join(" and ")} alone`,
    );
  }
}

/** The faults of a server, by what they work on. */
export type FaultPlans = Readonly<Record<Traffic, FaultPlan>>;

/**
 * Sorts faults by what they work on.
 *
 * @param faults the faults, in the order in which they are composed.
 * @param decisions who decides what is left to chance.
 * @returns a plan for each.
 */
export function plansOf(
  faults: readonly Fault[],
  decisions: Decisions,
): FaultPlans {
  const { datagrams, messages } = decisions;
  return {
    streams: new FaultPlan(faults, decisions),
    datagrams: new FaultPlan(faults, datagrams, "datagrams"),
    messages: new FaultPlan(faults, messages, "messages"),
  };
}

/** The faults of a server, in the order in which they are composed. */
export class FaultPlan {
  #faults: readonly Fault[];
  #decider: Decider;
  #traffic: Traffic;

  /**
   * @param faults the faults, in order.
   * @param decider who decides.
   * @param traffic what they work on; other faults do nothing here.
   */
  constructor(
    faults: readonly Fault[],
    decider: Decider,
    traffic: Traffic = "streams",
  ) {
    this.#faults = faults;
    this.#decider = decider;
    this.#traffic = traffic;
  }

  /** Whether there is no fault that could hit anything. */
  get isEmpty(): boolean {
    return !this.#faults.some((fault) => this.#isFor(fault));
  }

  /**
   * Finds the faults that hit a connection or a datagram.
   *
   * @param id its number.
   * @param ip the peer's address, if it has one.
   * @returns the faults, in order.
   */
  hits(id: number, ip: string | undefined): readonly Hit[] {
    return this.#faults.flatMap((fault, index) => {
      const isHit = this.#isFor(fault) && selects(fault, id, ip) &&
        this.#decider.hits(id, index, fault);
      return isHit ? [this.#hit(fault, index, id)] : [];
    });
  }

  #isFor({ kind }: Fault): boolean {
    return kindOf(kind).over.includes(this.#traffic);
  }

  #hit(fault: Fault, index: number, id: number): Hit {
    const { kind } = fault;
    const decide: StageControl["decide"] = (offset, choose) =>
      this.#decider.decide(id, index, kind, offset, choose);
    return {
      fault,
      after: beginsAfter(fault),
      start: (control) => kindOf(kind).stage(fault, { ...control, decide }),
    };
  }
}
