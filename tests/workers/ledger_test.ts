import type { AdmissionControl } from "../../src/limits.ts";
import { Ledger, type LedgerOptions } from "../../src/workers/ledger.ts";
import { assert, assertEquals } from "../assert.ts";
import { soon } from "../server_process.ts";
import type { LedgerResult, LedgerTask } from "./ledger_thread.ts";

function ledgerOf(options: Partial<LedgerOptions> = {}): Ledger {
  return Ledger.create({
    ...{ members: 3, maxConnections: 0, maxConnectionsPerIp: 0 },
    ...options,
  });
}

/** What the server of each of three members asks. */
function controls(ledger: Ledger, size?: number): AdmissionControl[] {
  const room = size === undefined ? undefined : { size, taken: 0 };
  return [0, 1, 2].map((member) => ledger.sharedBy(member).admission(room));
}

/** Runs a task on each of some threads. */
async function onThreads(
  tasks: readonly LedgerTask[],
): Promise<LedgerResult[]> {
  const url = new URL("ledger_thread.ts", import.meta.url);
  const threads = tasks.map(() => new Worker(url, { type: "module" }));
  try {
    const results = threads.map((thread, at) => {
      const { promise, resolve, reject } = Promise.withResolvers<
        LedgerResult
      >();
      thread.onmessage = ({ data }) => resolve(data);
      thread.onerror = ({ message }) => reject(new Error(message));
      thread.postMessage(tasks[at]);
      return promise;
    });
    return await soon(Promise.all(results), "the results of threads");
  } finally {
    for (const thread of threads) thread.terminate();
  }
}

const FULL = "max-connections";
const FULL_FOR_IP = "max-connections-per-ip";

Deno.test("a Ledger lets in as many as may come, whoever they come to", () => {
  const ledger = ledgerOf({ maxConnections: 3 });
  const [one, two, three] = controls(ledger);
  const answers = [one, one, two, three, one].map((it) => it.enter());
  assertEquals(answers, [undefined, undefined, undefined, FULL, FULL]);
  assertEquals(ledger.open, 3);
  two.leave();
  assertEquals([three.enter(), two.enter(), ledger.open], [undefined, FULL, 3]);
});

Deno.test("a Ledger without a limit turns nobody away", () => {
  const ledger = ledgerOf();
  const [one, two] = controls(ledger);
  for (let i = 0; i < 20_000; i++) assertEquals(one.enter(), undefined);
  for (let i = 0; i < 20_000; i++) {
    assertEquals([two.enter(), two.enterIp("192.0.2.1")], [
      ...[undefined, undefined],
    ]);
  }
  assertEquals(ledger.open, 40_000);
});

Deno.test("a Ledger counts the files of all members against the room of the process", () => {
  const ledger = ledgerOf();
  const [one, two, three] = controls(ledger, 7);
  assertEquals([one.enter(3), two.enter(3), three.enter(3)], [
    ...[undefined, undefined, FULL],
  ]);
  // Whoever is turned away for the files it would take is not open, either.
  assertEquals(ledger.open, 2);
  assertEquals([three.enter(), one.enter()], [undefined, FULL]);
  two.leave(3);
  assertEquals([one.enter(3), two.enter(), ledger.open], [undefined, FULL, 3]);
});

Deno.test("a Ledger gives each connection and each message the next number", () => {
  const ledger = ledgerOf();
  const [one, two] = [0, 1].map((member) => ledger.sharedBy(member));
  const numbers = [one, two, two, one].map((it) => it.nextConnection());
  assertEquals(numbers, [1, 2, 3, 4]);
  assertEquals([two.nextMessage(), one.nextMessage()], [1, 2]);
});

Deno.test("a Ledger counts an address over all members, in whatever form it comes", () => {
  const ledger = ledgerOf({ maxConnectionsPerIp: 2 });
  const [one, two, three] = controls(ledger);
  assertEquals(
    [
      one.enterIp("192.0.2.1"),
      two.enterIp("::ffff:192.0.2.1"),
      three.enterIp("192.0.2.1"),
      three.enterIp("192.0.2.2"),
    ],
    [undefined, undefined, FULL_FOR_IP, undefined],
  );
  two.leaveIp("192.0.2.1");
  assertEquals(three.enterIp("::ffff:192.0.2.1"), undefined);
});

Deno.test("a Ledger does not count who has no address", () => {
  const [one, two] = controls(ledgerOf({ maxConnectionsPerIp: 1 }));
  for (const it of [one, two, two]) {
    assertEquals(it.enterIp(undefined), undefined);
  }
  one.leaveIp(undefined);
  assertEquals(two.enterIp("192.0.2.1"), undefined);
});

Deno.test("a Ledger that forgets a member gives back what was its own alone", () => {
  const ledger = ledgerOf({ maxConnections: 5, maxConnectionsPerIp: 3 });
  const [one, two] = controls(ledger, 9);
  for (const it of [one, one, two]) {
    assertEquals([it.enter(3), it.enterIp("192.0.2.1")], [
      ...[undefined, undefined],
    ]);
  }
  assertEquals(two.enter(3), FULL);
  // Twice, since whoever died once has nothing left to give back.
  for (let i = 0; i < 2; i++) {
    ledger.forget(0);
    assertEquals(ledger.open, 1);
  }
  assertEquals([two.enter(3), two.enter(3), two.enter()], [
    ...[undefined, undefined, FULL],
  ]);
  const ips = Array.from({ length: 3 }, () => two.enterIp("192.0.2.1"));
  assertEquals(ips, [undefined, undefined, FULL_FOR_IP]);
});

Deno.test("threads share a Ledger: no number twice, and never one too many", async () => {
  const members = 3;
  const rounds = 2000;
  const caps = [
    { maxConnections: 2, maxConnectionsPerIp: 0 },
    { maxConnections: 0, maxConnectionsPerIp: 1 },
  ];
  for (const cap of caps) {
    const ledger = ledgerOf({ members, ...cap });
    const inside = new SharedArrayBuffer(4);
    const results = await onThreads(
      Array.from({ length: members }, (_, member) => ({
        ...{ ledger: ledger.handle, member, rounds, inside },
      })),
    );
    const numbers = results.flatMap((result) => result.numbers);
    const refused = results.reduce((sum, result) => sum + result.refused, 0);
    assertEquals(numbers.length + refused, members * rounds);
    assertEquals(
      numbers.sort((a, b) => a - b),
      numbers.map((_, at) => at + 1),
    );
    const most = Math.max(...results.map((result) => result.most));
    assert(most <= Math.max(...Object.values(cap)), `${most} were let in`);
    // All have left again.
    assertEquals(ledger.open, 0);
    const control = ledger.sharedBy(0).admission(undefined);
    assertEquals([control.enter(), control.enterIp("192.0.2.1")], [
      ...[undefined, undefined],
    ]);
  }
});

Deno.test("a Ledger is not held up by a member that died while it wrote an address", async () => {
  const ledger = ledgerOf({ maxConnectionsPerIp: 1 });
  const [one, two] = controls(ledger);
  assertEquals(one.enterIp("192.0.2.1"), undefined);
  // What a member leaves behind that ends in the middle of it.
  new Int32Array(ledger.handle.addresses!)[0] = 1;
  // On a thread, since whoever waits for the lock in vain can only be ended.
  await onThreads([{
    ...{ ledger: ledger.handle, member: 0, rounds: 0 },
    inside: new SharedArrayBuffer(4),
  }]);
  assertEquals([two.enterIp("192.0.2.1"), two.enterIp("192.0.2.1")], [
    ...[undefined, FULL_FOR_IP],
  ]);
});
