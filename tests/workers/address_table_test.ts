import { AddressTable } from "../../src/workers/address_table.ts";
import { assert, assertEquals } from "../assert.ts";

const [A, B] = ["192.0.2.1", "2001:db8::1"];

function tableOf(most: number, members = 2): AddressTable {
  return new AddressTable(AddressTable.allocate(members), members, most);
}

/** Fills a table with addresses until one finds no room, which it gives back. */
function fill(table: AddressTable): { ips: string[]; late: string } {
  const ips: string[] = [];
  for (let i = 0;; i++) {
    const ip = `10.${i >> 16}.${i >> 8 & 255}.${i & 255}`;
    if (!table.enter(i % 2, ip)) return { ips, late: ip };
    ips.push(ip);
  }
}

Deno.test("an AddressTable counts each address by itself, over all members", () => {
  const table = tableOf(2);
  const entered = [0, 1, 0, 1].map((member) => table.enter(member, A));
  assertEquals(entered, [true, true, false, false]);
  assertEquals([1, 1, 0].map((member) => table.enter(member, B)), [
    ...[true, true, false],
  ]);
  table.leave(0, A);
  assertEquals([table.enter(1, A), table.enter(0, A)], [true, false]);
  assertEquals(table.enter(0, B), false);
});

Deno.test("an AddressTable is seen by all who have its memory", () => {
  const memory = AddressTable.allocate(3);
  const [one, two] = [0, 1].map(() => new AddressTable(memory, 3, 1));
  assert(one.enter(0, A));
  assert(!two.enter(2, A));
  one.leave(0, A);
  assert(two.enter(2, A));
});

Deno.test("an AddressTable has room for thousands, turns away who finds none, and recovers", () => {
  const table = tableOf(1);
  const { ips, late } = fill(table);
  assert(ips.length > 4000, `there was room for ${ips.length}`);
  // It was not counted when it was turned away, and the others were.
  assert(!table.enter(0, late));
  assert(ips.every((ip) => !table.enter(0, ip)));
  ips.forEach((ip, i) => table.leave(i % 2, ip));
  assert(table.enter(0, late));
  table.leave(0, late);
  // As much as before finds room in rows that were used before.
  assertEquals(fill(table).ips.length, ips.length);
});

Deno.test("an AddressTable that forgets a member keeps what the others have counted", () => {
  const table = tableOf(2);
  const { ips, late } = fill(table);
  assert(table.enter(1, ips[0]));
  table.forget(0);
  // Rows that only the one had counted in are free.
  assert(ips.every((ip, i) => i % 2 === 1 || table.enter(0, ip)));
  assertEquals([table.enter(0, ips[0]), table.enter(0, ips[1])], [
    ...[false, true],
  ]);
  assert(!table.enter(0, late));
  table.forget(0);
  table.forget(1);
  assert(table.enter(1, late));
});
