import { Ledger } from "../../src/workers/ledger.ts";
import { assert, assertEquals } from "../assert.ts";
import { soon } from "../server_process.ts";
import {
  type LedgerPart,
  type LedgerResult,
  type LedgerTask,
  makePlace,
} from "./ledger_thread.ts";

const MEMBERS = 3;

function ledgerOf(maxConnections: number, maxConnectionsPerIp: number): Ledger {
  return Ledger.create({
    ...{ members: MEMBERS, maxConnections, maxConnectionsPerIp },
  });
}

/** Has a thread of its own do each part, all at once. */
async function onThreads(
  { handle }: Ledger,
  parts: readonly LedgerPart[],
): Promise<LedgerResult[]> {
  const url = new URL("ledger_thread.ts", import.meta.url);
  const threads = parts.map(() => new Worker(url, { type: "module" }));
  const place = makePlace();
  try {
    const results = threads.map((thread, member) => {
      const { promise, resolve, reject } = Promise.withResolvers<
        LedgerResult
      >();
      thread.onmessage = ({ data }) => resolve(data);
      thread.onerror = ({ message }) => reject(new Error(message));
      const task: LedgerTask = {
        ...{ ...parts[member], ledger: handle, member, place },
        threads: parts.length,
      };
      thread.postMessage(task);
      return promise;
    });
    return await soon(Promise.all(results), "the results of threads");
  } finally {
    for (const thread of threads) thread.terminate();
  }
}

/** Asserts that all have left a ledger, and that nothing of them stays. */
function assertEmpty(ledger: Ledger, cap: number): void {
  assertEquals(ledger.open, 0);
  const control = ledger.sharedBy(0).admission(undefined);
  for (let i = 0; i < cap; i++) {
    assertEquals([control.enter(), control.enterIp("192.0.2.1")], [
      ...[undefined, undefined],
    ]);
  }
}

Deno.test("threads that come to a Ledger at once: never one too many, nor too few, and no number twice", async () => {
  const rounds = 300;
  const meeting = { part: "meet", rounds } as const;
  for (const [all, perIp] of [[2, 0], [0, 1]]) {
    const cap = all + perIp;
    const ledger = ledgerOf(all, perIp);
    const parts = new Array(MEMBERS).fill(meeting);
    const results = await onThreads(ledger, parts);
    const refused = results.reduce((sum, result) => sum + result.refused, 0);
    assertEquals(refused, rounds * (MEMBERS - cap));
    const numbers = results.flatMap((result) => result.numbers);
    assertEquals(
      numbers.sort((a, b) => a - b),
      Array.from({ length: rounds * cap }, (_, at) => at + 1),
    );
    assertEquals(Math.max(...results.map((result) => result.most)), cap);
    assertEmpty(ledger, cap);
  }
});

Deno.test("a Ledger turns nobody away for whom there is room, whoever else asks and comes and goes", async () => {
  const ledger = ledgerOf(2, 2);
  const visits = { part: "visit", rounds: 5000 } as const;
  const [one, two, other] = await onThreads(ledger, [
    ...[visits, visits, { part: "disturb", visitors: 2 } as const],
  ]);
  assertEquals([one.refused, two.refused], [0, 0]);
  assert(other.refused > 0, "the other did not ask");
  assertEmpty(ledger, 2);
});

Deno.test("a Ledger is not held up by members that died, one of them while it wrote an address", async () => {
  for (const holder of [0, 1]) {
    const ledger = ledgerOf(0, 1);
    const [one, , three] = [0, 1, 2].map((member) =>
      ledger.sharedBy(member).admission(undefined)
    );
    assertEquals(one.enterIp("192.0.2.1"), undefined);
    // What a member leaves behind that ends in the middle of it.
    new Int32Array(ledger.handle.addresses!)[0] = holder + 1;
    // On a thread, since whoever waits for the lock in vain can only be ended.
    await onThreads(ledger, [{ part: "forget", members: [0, 1] }]);
    assertEquals([three.enterIp("192.0.2.1"), three.enterIp("192.0.2.1")], [
      ...[undefined, "max-connections-per-ip"],
    ]);
  }
});
