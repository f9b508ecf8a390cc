/**
 * Reads what Windows is told of a program before it runs: the headers of its
 * file, and its resources.
 *
 * @module
 */

import { assert, assertEquals } from "../assert.ts";

/** A resource's types, by the names that Windows has for them. */
export const RESOURCE = { icon: 3, iconGroup: 14, version: 16 } as const;

/** What is used of a program's headers. */
export interface PeFile {
  /** The processor: 0x8664 is x64. */
  readonly machine: number;
  /** Which kind of file it is: 0x20b is PE32+. */
  readonly magic: number;
  /** 2 has a window, 3 a console. */
  readonly subsystem: number;
  /** How large the signature is. */
  readonly signatureSize: number;
  /** The resources of a type, by their IDs, in the first language of each. */
  readonly resources: (type: number) => ReadonlyMap<number, DataView>;
}

/** Reads a program. */
export function readPe({ buffer }: Uint8Array<ArrayBuffer>): PeFile {
  const file = new DataView(buffer);
  const at = file.getUint32(0x3c, true);
  assertEquals(file.getUint32(at), 0x50450000, "this is no PE file");
  const optional = at + 24;
  const directory = (index: number) => optional + 112 + 8 * index;
  const sectionsAt = optional + file.getUint16(at + 20, true);

  const place = (address: number): number => {
    for (let i = 0; i < file.getUint16(at + 6, true); i++) {
      const section = sectionsAt + 40 * i;
      const [size, memoryAt, , fileAt] = [8, 12, 16, 20].map((field) =>
        file.getUint32(section + field, true)
      );
      if (address < memoryAt || address >= memoryAt + size) continue;
      return address - memoryAt + fileAt;
    }
    throw new RangeError(`no section has the address ${address}`);
  };

  const resourcesAt = place(file.getUint32(directory(2), true));
  const entries = (offset: number): [id: number, offset: number][] => {
    const list = resourcesAt + (offset & 0x7fff_ffff);
    const count = file.getUint16(list + 12, true) +
      file.getUint16(list + 14, true);
    return Array.from({ length: count }, (_, i) => [
      file.getUint32(list + 16 + 8 * i, true),
      file.getUint32(list + 20 + 8 * i, true),
    ]);
  };
  const data = (offset: number): DataView => {
    const entry = resourcesAt + entries(offset)[0][1];
    const address = file.getUint32(entry, true);
    return new DataView(
      buffer,
      place(address),
      file.getUint32(entry + 4, true),
    );
  };
  return {
    machine: file.getUint16(at + 4, true),
    magic: file.getUint16(optional, true),
    subsystem: file.getUint16(optional + 68, true),
    signatureSize: file.getUint32(directory(4) + 4, true),
    resources: (type) => {
      const found = entries(0).find(([id]) => id === type);
      assert(found, `there is no resource of type ${type}`);
      return new Map(
        entries(found[1]).map(([id, offset]) => [id, data(offset)]),
      );
    },
  };
}

/** The strings of a version resource, by their names. */
export function versionStrings(
  resource: DataView,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  readBlock(resource, 0, (name, value) => found[name] = value);
  return found;
}

// A block is its length, its value's, a type, a name, a value and blocks.
function readBlock(
  view: DataView,
  at: number,
  onString: (name: string, value: string) => void,
): number {
  const [length, valueLength, isText] = [0, 2, 4].map((field) =>
    view.getUint16(at + field, true)
  );
  const name = readText(view, at + 6);
  const valueAt = aligned(at + 6 + 2 * (name.length + 1));
  if (isText && valueLength > 0) onString(name, readText(view, valueAt));
  // Of text, the length is in characters.
  let next = aligned(valueAt + valueLength * (isText ? 2 : 1));
  while (next < at + length) next = readBlock(view, next, onString);
  return aligned(at + length);
}

function readText(view: DataView, at: number): string {
  let text = "";
  for (;; at += 2) {
    const unit = view.getUint16(at, true);
    if (unit === 0) return text;
    text += String.fromCharCode(unit);
  }
}

function aligned(at: number): number {
  return Math.ceil(at / 4) * 4;
}
