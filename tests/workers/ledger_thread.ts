/**
 * A thread that writes into a ledger, for tests of several at once.
 *
 * @module
 */

import type { AdmissionControl } from "../../src/limits.ts";
import { Ledger, type LedgerHandle } from "../../src/workers/ledger.ts";

/** What a thread is to do. */
export type LedgerPart =
  /** Asks in each round together with all others, and leaves once all have. */
  | { readonly part: "meet"; readonly rounds: number }
  /** Is let in and leaves at its own pace. */
  | { readonly part: "visit"; readonly rounds: number }
  /** Asks for more files than there are, for as long as others visit. */
  | { readonly part: "disturb"; readonly visitors: number }
  /** Forgets members, one after the other. */
  | { readonly part: "forget"; readonly members: readonly number[] };

/** What a thread is told. */
export type LedgerTask = LedgerPart & {
  /** The ledger. */
  readonly ledger: LedgerHandle;
  /** Which member the thread is. */
  readonly member: number;
  /** How many threads there are. */
  readonly threads: number;
  /** What they meet in. */
  readonly place: SharedArrayBuffer;
};

/** What came of it. */
export interface LedgerResult {
  /** The numbers of its connections. */
  readonly numbers: readonly number[];
  /** The most that were in while it was. */
  readonly most: number;
  /** How often it was turned away. */
  readonly refused: number;
}

const IP = "192.0.2.1";
const FILES = 3;
/** More files than any test has room for. */
const TOO_MANY = 1000;

/** The words of a place. */
const [ARRIVED, ROUND, INSIDE, DONE] = [0, 1, 2, 3];

/** Makes what threads meet in. */
export function makePlace(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT);
}

/** Waits until all threads are here. */
function meet(place: Int32Array<SharedArrayBuffer>, threads: number): void {
  const round = Atomics.load(place, ROUND);
  if (Atomics.add(place, ARRIVED, 1) + 1 === threads) {
    Atomics.store(place, ARRIVED, 0);
    Atomics.add(place, ROUND, 1);
    Atomics.notify(place, ROUND);
  } else while (Atomics.wait(place, ROUND, round) === "ok");
}

/** Asks to be let in. */
function ask(control: AdmissionControl): boolean {
  if (control.enter(FILES) !== undefined) return false;
  if (control.enterIp(IP) === undefined) return true;
  control.leave(FILES);
  return false;
}

function leave(control: AdmissionControl): void {
  control.leaveIp(IP);
  control.leave(FILES);
}

function play(task: LedgerTask): LedgerResult {
  const { member, threads } = task;
  const ledger = new Ledger(task.ledger);
  const place = new Int32Array(task.place);
  const { admission, nextConnection } = ledger.sharedBy(member);
  const control = admission({ size: TOO_MANY - 1, taken: 0 });
  const numbers: number[] = [];
  let [most, refused] = [0, 0];
  const count = (isIn: boolean) => {
    if (!isIn) return refused++;
    most = Math.max(most, Atomics.add(place, INSIDE, 1) + 1);
    numbers.push(nextConnection());
  };
  const goOut = () => {
    Atomics.sub(place, INSIDE, 1);
    leave(control);
  };
  meet(place, threads);
  switch (task.part) {
    case "meet":
      for (let round = 0; round < task.rounds; round++) {
        meet(place, threads);
        const isIn = ask(control);
        count(isIn);
        meet(place, threads);
        if (isIn) goOut();
      }
      break;
    case "visit":
      for (let round = 0; round < task.rounds; round++) {
        const isIn = ask(control);
        count(isIn);
        if (isIn) goOut();
      }
      Atomics.add(place, DONE, 1);
      break;
    case "disturb":
      while (Atomics.load(place, DONE) < task.visitors) {
        if (control.enter(TOO_MANY) !== undefined) refused++;
      }
      break;
    case "forget":
      for (const dead of task.members) ledger.forget(dead);
  }
  return { numbers, most, refused };
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<LedgerTask>) => void;
  postMessage(result: LedgerResult): void;
};
scope.onmessage = ({ data }) => scope.postMessage(play(data));
