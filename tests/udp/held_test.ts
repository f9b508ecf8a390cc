import { type Held, HeldDatagrams } from "../../src/udp/held.ts";
import { assert, assertEquals } from "../assert.ts";
import { inTime, turn } from "../fake_conn.ts";

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

/** Answers that say their names when they are sent. */
function holder() {
  const held = new HeldDatagrams();
  const sent: string[] = [];
  const dropped: string[] = [];
  const hold = (name: string, about: Partial<Held> = {}) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const send = () => {
      sent.push(name);
      resolve();
    };
    const drop = () => void dropped.push(name);
    const added = held.add({ bytes: 1, ms: HOUR_MS, send, drop, ...about });
    return { added, sent: () => inTime(promise, `${name} to be sent`) };
  };
  /** Forgets everything, so that no timer outlives the test. */
  const end = () => held.dropAll();
  return { held, sent, dropped, hold, [Symbol.dispose]: end };
}

Deno.test("HeldDatagrams sends each answer once it is due", async () => {
  using holding = holder();
  const { hold, sent } = holding;
  const began = performance.now();
  const [late, soon] = [hold("late", { ms: 40 }), hold("soon", { ms: 1 })];
  assertEquals([late.added, soon.added, sent], [true, true, []]);
  await soon.sent();
  await late.sent();
  assertEquals(sent, ["soon", "late"]);
  assert(performance.now() - began >= 39);
});

Deno.test("overtake sends what yields to a client, in order, and nothing else", () => {
  using holding = holder();
  const { held, hold, sent } = holding;
  hold("plain");
  assertEquals(held.hasYielding, false);
  for (const name of ["a1", "b1", "a2"]) hold(name, { flow: name[0] });
  assertEquals(held.hasYielding, true);
  held.overtake("c");
  assertEquals(sent, []);
  held.overtake("a");
  assertEquals([...sent], ["a1", "a2"]);
  held.overtake("a");
  held.overtake("b");
  assertEquals([sent, held.hasYielding], [["a1", "a2", "b1"], false]);
});

Deno.test("an answer that overtakes others while they are sent sends each once", () => {
  using holding = holder();
  const { held, sent } = holding;
  for (const name of ["a1", "a2", "a3"]) {
    const send = () => {
      sent.push(name);
      held.overtake("a");
    };
    held.add({ bytes: 1, ms: HOUR_MS, flow: "a", send, drop: () => {} });
  }
  held.overtake("a");
  assertEquals(sent, ["a1", "a2", "a3"]);
});

Deno.test("an answer that was overtaken is not sent again when it is due", async () => {
  using holding = holder();
  const { held, hold, sent } = holding;
  const [first, last] = [
    hold("a", { ms: 5, flow: "x" }),
    hold("z", { ms: 10 }),
  ];
  held.overtake("x");
  await first.sent();
  await last.sent();
  assertEquals(sent, ["a", "z"]);
});

Deno.test("an answer that yields to nobody goes when it is due", async () => {
  using holding = holder();
  const { held, hold } = holding;
  await hold("a", { ms: 1, flow: "x" }).sent();
  assertEquals(held.hasYielding, false);
});

Deno.test("HeldDatagrams keeps 8 MiB, what each takes besides included", () => {
  for (
    const [bytes, most] of [
      [MIB - 512, 8],
      [MIB, 7],
      [65_507, 127],
      [0, 16_384],
      [9 * MIB, 0],
    ]
  ) {
    using holding = holder();
    let count = 0;
    while (count < 20_000 && holding.hold("x", { bytes }).added) count++;
    assertEquals(count, most, `${bytes}`);
  }
});

Deno.test("HeldDatagrams has room again for what was sent or dropped", () => {
  using holding = holder();
  const { held, hold, sent } = holding;
  const big = { bytes: 8 * MIB - 512, flow: "x" };
  for (let i = 0; i < 2; i++) {
    assert(hold("big", big).added);
    assert(!hold("no", { bytes: 0, flow: "y" }).added);
    held.overtake("y");
    held.overtake("x");
    assert(hold("big", big).added);
    held.dropAll();
  }
  assertEquals(sent, ["big", "big"]);
});

Deno.test("dropAll sends nothing, and forgets what yields", async () => {
  using holding = holder();
  const { held, hold, sent, dropped } = holding;
  hold("a", { ms: 0 });
  hold("b", { flow: "x" });
  held.dropAll();
  held.overtake("x");
  await turn();
  assertEquals([sent, dropped], [[], ["a", "b"]]);
  assertEquals(held.hasYielding, false);
});

Deno.test("settled waits until nothing is held back", async () => {
  for (const end of ["due", "overtaken", "dropped"]) {
    using holding = holder();
    const { held, hold } = holding;
    await inTime(held.settled(), "nothing");
    const last = hold("a", { ms: end === "due" ? 20 : HOUR_MS, flow: "x" });
    const first = hold("b", { ms: 0 });
    let isSettled = false;
    const settling = held.settled().then(() => isSettled = true);
    await first.sent();
    await turn();
    assertEquals(isSettled && end !== "due", false);
    if (end === "overtaken") held.overtake("x");
    if (end === "dropped") held.dropAll();
    if (end === "due") await last.sent();
    await inTime(settling, end);
  }
});

Deno.test("settled waits anew for what is held back later", async () => {
  using holding = holder();
  const { held, hold } = holding;
  hold("a");
  const settling = held.settled();
  held.dropAll();
  await inTime(settling, "the first");
  hold("b");
  let isSettled = false;
  const again = held.settled().then(() => isSettled = true);
  await turn();
  assertEquals(isSettled, false);
  held.dropAll();
  await inTime(again, "the second");
});
