/**
 * A thread that writes into a ledger, for tests of several at once.
 *
 * @module
 */

import { Ledger, type LedgerHandle } from "../../src/workers/ledger.ts";

/** What a thread is to do. */
export interface LedgerTask {
  /** The ledger. */
  readonly ledger: LedgerHandle;
  /** Which member the thread is. */
  readonly member: number;
  /** How often it asks to be let in; 0: it forgets the member instead. */
  readonly rounds: number;
  /** How many are in at this moment, by the count of those who are in. */
  readonly inside: SharedArrayBuffer;
}

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

function play({ ledger, member, rounds, inside }: LedgerTask): LedgerResult {
  const shared = new Ledger(ledger);
  if (rounds === 0) shared.forget(member);
  const { admission, nextConnection } = shared.sharedBy(member);
  const control = admission(undefined);
  const count = new Int32Array(inside);
  const numbers: number[] = [];
  let [most, refused] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    if (control.enter() !== undefined) {
      refused++;
      continue;
    }
    if (control.enterIp(IP) === undefined) {
      most = Math.max(most, Atomics.add(count, 0, 1) + 1);
      numbers.push(nextConnection());
      Atomics.sub(count, 0, 1);
      control.leaveIp(IP);
    } else refused++;
    control.leave();
  }
  return { numbers, most, refused };
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<LedgerTask>) => void;
  postMessage(result: LedgerResult): void;
};
scope.onmessage = ({ data }) => scope.postMessage(play(data));
