import { assertEquals } from "../assert.ts";
import { begin, pieceOf } from "./fake_stage.ts";

Deno.test("slicer cuts chunks into slices that are due at once", () => {
  const { pass } = begin({ kind: "slicer", size: 2 });
  assertEquals(pass(pieceOf("abcde")), [
    ["ab", 0, 1000],
    ["cd", 2, 1000],
    ["e", 4, 1000],
  ]);
  assertEquals(pass(pieceOf("fg", 5)), [["fg", 5, 1000]]);
});

Deno.test("slicer keeps its delay between slices, across chunks, too", () => {
  const { pass } = begin({ kind: "slicer", size: 2, delay: 10 });
  assertEquals(pass(pieceOf("abc")), [["ab", 0, 1000], ["c", 2, 1010]]);
  assertEquals(pass(pieceOf("d", 3, 1001)), [["d", 3, 1020]]);
  assertEquals(pass(pieceOf("e", 4, 2000)), [["e", 4, 2000]]);
});
