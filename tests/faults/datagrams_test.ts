import { readFaults } from "../../src/faults/grammar.ts";
import { kindOf, KINDS } from "../../src/faults/kinds.ts";
import type { Fault } from "../../src/faults/types.ts";
import { assert, assertEquals } from "../assert.ts";
import { begin, pieceOf } from "./fake_stage.ts";

Deno.test("drop lets no datagram pass", () => {
  const { pass, control, stage } = begin({ kind: "drop" });
  for (const text of ["", "a", "bc"]) assertEquals(pass(pieceOf(text)), []);
  assertEquals([control.calls, stage.finDelayMs], [[], undefined]);
});

Deno.test("duplicate makes two of each, due when the one was", () => {
  const { pass, control } = begin({ kind: "duplicate" });
  assertEquals(pass(pieceOf("ab", 0, 1234)), [["ab", 0, 1234], [
    "ab",
    0,
    1234,
  ]]);
  assertEquals(pass(pieceOf("")), [["", 0, 1000], ["", 0, 1000]]);
  assertEquals(control.calls, []);
});

Deno.test("reorder holds each back for the next, or for its time", () => {
  const cases: [fault: Fault, ms: number][] = [
    [{ kind: "reorder" }, 100],
    [{ kind: "reorder", ms: 5 }, 5],
    [{ kind: "reorder", ms: 0 }, 0],
  ];
  for (const [fault, ms] of cases) {
    const { stage, control } = begin(fault);
    const piece = pieceOf("ab", 0, 1000);
    const expected = { ...piece, dueAt: 1000 + ms, yields: true };
    assertEquals(stage.pass?.(piece), [expected]);
    assertEquals(control.calls, []);
  }
});

Deno.test("what yields goes on to yield, through other faults", () => {
  const others: Fault[] = [
    { kind: "latency", ms: 30 },
    { kind: "duplicate" },
    { kind: "corrupt", rate: 0 },
  ];
  for (const fault of others) {
    const pieces = begin(fault).stage.pass!({ ...pieceOf("a"), yields: true });
    assert(pieces.length > 0 && pieces.every(({ yields }) => yields));
  }
});

Deno.test("every kind says what it is for", () => {
  const datagrams = Object.keys(KINDS).filter((kind) =>
    kindOf(kind as Fault["kind"]).over.includes("datagrams")
  );
  const both = datagrams.filter((kind) =>
    kindOf(kind as Fault["kind"]).over.includes("streams")
  );
  assertEquals(datagrams.toSorted(), [
    ...["corrupt", "drop", "duplicate", "latency", "reorder"],
  ]);
  assertEquals(both.toSorted(), ["corrupt", "latency"]);
});

Deno.test("faults of datagrams are read from text and from objects", () => {
  const expected: Fault[] = [
    { kind: "drop", p: 0.1 },
    { kind: "duplicate", every: 2 },
    { kind: "reorder", ms: 50, peer: "192.0.2.0/24" },
  ];
  assertEquals([...readFaults(expected)], expected);
});
