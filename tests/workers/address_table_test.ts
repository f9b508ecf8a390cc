import { AddressTable, CAPACITY } from "../../src/workers/address_table.ts";
import { assert, assertEquals } from "../assert.ts";

const [A, B] = ["192.0.2.1", "2001:db8::1"];

function tableOf(most: number, capacity = 512): AddressTable {
  return new AddressTable(AddressTable.allocate(2, capacity), 2, most);
}

/** The `nth` address of a plain sequence. */
function ipOf(nth: number): string {
  return `10.${nth >> 16}.${nth >> 8 & 255}.${nth & 255}`;
}

/** Fills a table with addresses until one finds no room, which it gives back. */
function fill(table: AddressTable): { ips: string[]; late: string } {
  const ips: string[] = [];
  for (let i = 0;; i++) {
    const ip = ipOf(i);
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

Deno.test("an AddressTable has room for all that it promises", () => {
  const table = tableOf(1, CAPACITY);
  for (let i = 0; i < CAPACITY; i++) {
    assert(table.enter(i % 2, ipOf(i)), `there was none for number ${i}`);
  }
});

Deno.test("an AddressTable turns away who finds no room, and recovers", () => {
  const table = tableOf(1);
  const { ips, late } = fill(table);
  assert(ips.length >= 512, `there was room for ${ips.length}`);
  // It was not counted when it was turned away, and the others were.
  assert(!table.enter(0, late));
  assert(ips.every((ip) => !table.enter(0, ip)));
  ips.forEach((ip, i) => table.leave(i % 2, ip));
  assert(table.enter(0, late));
  table.leave(0, late);
  // As many as it promises find room in rows that were used before.
  assert(fill(table).ips.length >= 512);
});

Deno.test("an AddressTable can be filled again and again with others", () => {
  const table = tableOf(1, 256);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 256; i++) {
      const ip = ipOf(256 * round + i);
      assert(table.enter(i % 2, ip), `there was no room in round ${round}`);
      assert(!table.enter(1, ip));
      // One that has just left is the first that comes again.
      if (i > 0) {
        const before = ipOf(256 * round + i - 1);
        table.leave((i - 1) % 2, before);
        assert(table.enter((i - 1) % 2, before));
      }
    }
    for (let i = 0; i < 256; i++) table.leave(i % 2, ipOf(256 * round + i));
  }
});

Deno.test("an AddressTable has addresses get in each other's way that nobody can know", () => {
  const turnedAway = () => {
    const table = tableOf(1);
    const ips = Array.from({ length: 2000 }, (_, i) => ipOf(i));
    return ips.filter((ip) => !table.enter(0, ip));
  };
  const [one, two] = [turnedAway(), turnedAway()];
  assert(one.length > 0 && two.length > 0);
  assert(`${one}` !== `${two}`, "it is the same each time");
});

Deno.test("an AddressTable turns away who waits in vain, and lets go who leaves", () => {
  const memory = AddressTable.allocate(2, 512);
  const table = new AddressTable(memory, 2, 1);
  assert(table.enter(1, A));
  // Member 0 has it, and does not run.
  new Int32Array(memory)[0] = 1;
  assert(!table.enter(1, B));
  table.leave(1, A);
  table.forget(1);
  assert(!table.enter(1, A));
  table.forget(0);
  assertEquals([table.enter(1, A), table.enter(1, A)], [true, false]);
  assert(table.enter(1, B));
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
