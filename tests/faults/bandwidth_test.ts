import { assert, assertEquals } from "../assert.ts";
import { begin, pieceOf } from "./fake_stage.ts";

/** When the last byte of a chunk is due, and the largest part of it. */
function passing(rate: number) {
  const { pass } = begin({ kind: "bandwidth", rate });
  return (length: number, offset = 0, dueAt = 1000) => {
    const rows = pass(pieceOf("x".repeat(length), offset, dueAt));
    const sizes = rows.map(([text]) => `${text}`.length);
    const lastDueAt = Number(rows.at(-1)?.[2]);
    assertEquals(sizes.reduce((sum, size) => sum + size), length);
    return { largest: Math.max(...sizes), lastDueAt: Math.round(lastDueAt) };
  };
}

Deno.test("bandwidth lets a chunk take the time that its bytes take", () => {
  const pass = passing(10_000);
  assertEquals(pass(500), { largest: 100, lastDueAt: 1050 });
  assertEquals(pass(100, 500, 1010), { largest: 100, lastDueAt: 1060 });
});

Deno.test("bandwidth saves no time up while nothing comes", () => {
  const pass = passing(10_000);
  pass(100);
  assertEquals(pass(1000, 100, 5000).lastDueAt, 5100);
});

Deno.test("bandwidth works at rates below a byte a turn, and at high ones", () => {
  assertEquals(passing(1)(3), { largest: 1, lastDueAt: 4000 });
  const { largest, lastDueAt } = passing(1e9)(65_536);
  assertEquals(lastDueAt, 1000);
  assert(largest === 65_536);
});
