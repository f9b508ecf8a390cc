import { cut, drop, quota, split } from "../../src/faults/pieces.ts";
import type { Piece } from "../../src/faults/stage.ts";
import { assert, assertEquals } from "../assert.ts";
import { pieceOf, rowOf } from "./fake_stage.ts";

Deno.test("cut leaves a piece that is small enough as it is", () => {
  for (const size of [3, 4, Infinity]) {
    const piece: Piece = { ...pieceOf("abc"), then: "end" };
    const parts = cut(piece, size);
    assertEquals(parts.length, 1);
    assert(parts[0] === piece);
  }
});

Deno.test("cut makes parts that say where they belong", () => {
  assertEquals(cut(pieceOf("abcde", 10), 2).map(rowOf), [
    ["ab", 10, 1000],
    ["cd", 12, 1000],
    ["e", 14, 1000],
  ]);
  assertEquals(cut(pieceOf("abcd", 10), 2).map(rowOf), [
    ["ab", 10, 1000],
    ["cd", 12, 1000],
  ]);
});

Deno.test("cut has what follows a piece follow its last part", () => {
  const piece: Piece = { ...pieceOf("abc"), then: "abort" };
  assertEquals(cut(piece, 2).map(rowOf), [
    ["ab", 0, 1000],
    ["c", 2, 1000, "abort"],
  ]);
});

Deno.test("split makes two parts, and what follows the piece follows the second", () => {
  const piece: Piece = { ...pieceOf("abc", 10), then: "abort" };
  assertEquals(split(piece, 1).map(rowOf), [
    ["a", 10, 1000],
    ["bc", 11, 1000, "abort"],
  ]);
  assertEquals(split(piece, 3).map(rowOf), [
    ["abc", 10, 1000],
    ["", 13, 1000, "abort"],
  ]);
});

Deno.test("drop leaves bytes out, but not what follows them", () => {
  assertEquals(drop(pieceOf("abc")), []);
  const piece: Piece = { ...pieceOf("abc", 10), then: "end" };
  assertEquals(drop(piece).map(rowOf), [["", 10, 1000, "end"]]);
});

Deno.test("quota lets so many bytes pass, at the end of a piece or in its midst", () => {
  for (const then of ["end", "abort"] as const) {
    const inside = quota(3, then);
    assertEquals(inside(pieceOf("ab")).map(rowOf), [["ab", 0, 1000]]);
    assertEquals(inside(pieceOf("cd", 2)).map(rowOf), [["c", 2, 1000, then]]);
    assertEquals(inside(pieceOf("e", 4)), []);
    const border = quota(2, then);
    assertEquals(border(pieceOf("ab")).map(rowOf), [["ab", 0, 1000, then]]);
    assertEquals(border(pieceOf("c", 2)), []);
  }
});

Deno.test("quota passes on what an earlier fault has follow", () => {
  const ends = (text: string, offset: number): Piece => ({
    ...pieceOf(text, offset),
    then: "end",
  });
  const open = quota(3, "abort");
  assertEquals(open(ends("ab", 0)).map(rowOf), [["ab", 0, 1000, "end"]]);
  const used = quota(3, "abort");
  used(pieceOf("abc"));
  assertEquals(used(ends("d", 3)).map(rowOf), [["", 3, 1000, "end"]]);
});

Deno.test("quota goes first where it comes before the end of an earlier fault", () => {
  const piece: Piece = { ...pieceOf("abcd"), then: "end" };
  const rows = quota(3, "abort")(piece).map(rowOf);
  assertEquals(rows, [["abc", 0, 1000, "abort"]]);
});

Deno.test("quota without a limit lets everything pass as it is", () => {
  const pass = quota(Infinity, "end");
  const piece = pieceOf("abc");
  assert(pass(piece)[0] === piece);
  assertEquals(pass(pieceOf("def", 3)).map(rowOf), [["def", 3, 1000]]);
});
