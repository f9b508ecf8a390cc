/**
 * What several faults do with pieces.
 *
 * @module
 */

import type { Piece } from "./stage.ts";

/** Splits a piece in two; what follows it follows the second. */
export function split(piece: Piece, at: number): [Piece, Piece] {
  const { data, offset, dueAt } = piece;
  return [
    { data: data.subarray(0, at), offset, dueAt },
    { ...piece, data: data.subarray(at), offset: offset + at },
  ];
}

/** Cuts a piece into parts of a size; what follows it follows the last part. */
export function cut(piece: Piece, size: number): Piece[] {
  const { data, offset, dueAt, then } = piece;
  if (data.length <= size) return [piece];
  const parts: Piece[] = [];
  for (let at = 0; at < data.length; at += size) {
    const part = data.subarray(at, at + size);
    parts.push({ data: part, offset: offset + at, dueAt });
  }
  parts[parts.length - 1] = { ...parts[parts.length - 1], then };
  return parts;
}

/** Leaves out the bytes of a piece, but not what follows them. */
export function drop(piece: Piece): Piece[] {
  return piece.then ? [{ ...piece, data: new Uint8Array() }] : [];
}

/** Lets so many bytes pass, then has something follow and lets none pass. */
export function quota(
  bytes: number,
  then: "end" | "abort",
): (piece: Piece) => Piece[] {
  let left = bytes;
  return (piece) => {
    if (left === 0) return drop(piece);
    const isLast = piece.data.length >= left;
    // Whichever comes first in the stream: what followed a byte that is cut off
    // does not.
    const isCut = piece.data.length > left;
    const data = piece.data.subarray(0, left);
    left -= data.length;
    return [
      isLast
        ? { ...piece, data, then: isCut ? then : piece.then ?? then }
        : piece,
    ];
  };
}
