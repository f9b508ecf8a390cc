import type { AdmissionControl } from "../../src/limits.ts";
import { Ledger, type LedgerOptions } from "../../src/workers/ledger.ts";
import { assert, assertEquals } from "../assert.ts";

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

Deno.test("a Ledger that has forgotten a member hears no more of its thread, only of its successor", () => {
  const ledger = ledgerOf({ maxConnections: 2, maxConnectionsPerIp: 2 });
  const [dead, other] = controls(ledger);
  for (const it of [dead, other]) {
    assertEquals([it.enter(), it.enterIp("192.0.2.1")], [undefined, undefined]);
  }
  ledger.forget(0);
  // A thread that is ended goes on for a moment.
  dead.leaveIp("192.0.2.1");
  dead.leave();
  assertEquals([dead.enter(), dead.enterIp("192.0.2.1")], [FULL, FULL_FOR_IP]);
  assertEquals(ledger.open, 1);
  const [next] = controls(ledger);
  assertEquals([next.enter(), next.enterIp("192.0.2.1")], [
    ...[undefined, undefined],
  ]);
  assertEquals([next.enter(), next.enterIp("192.0.2.1")], [FULL, FULL_FOR_IP]);
  next.leave();
  assertEquals(ledger.open, 1);
});

Deno.test("a Ledger has room for as many addresses as there may be connections", () => {
  const ledger = ledgerOf({ maxConnections: 3000, maxConnectionsPerIp: 1 });
  const [one] = controls(ledger);
  const ips = Array.from({ length: 3000 }, (_, i) => `2001:db8::${i}`);
  assertEquals(ips.filter((ip) => one.enterIp(ip) !== undefined), []);
  // Less than for as many as there can be without a limit.
  const bytes = ledger.handle.addresses!.byteLength;
  assert(bytes < 200_000, `it takes ${bytes} bytes`);
});
