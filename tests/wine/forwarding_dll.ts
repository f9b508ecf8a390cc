/**
 * Makes DLLs of Windows that have no code of their own.
 *
 * @module
 */

// Where the one section is in the file, and in memory once it is loaded.
const FILE_AT = 0x200;
const MEMORY_AT = 0x1000;

/** Bytes that are written one field after the other. */
class Fields {
  readonly #bytes: number[] = [];

  /** Adds numbers of `size` bytes each, the lowest byte first. */
  add(size: number, ...values: readonly number[]): this {
    for (const value of values) {
      for (let i = 0; i < size; i++) {
        this.#bytes.push(Math.floor(value / 2 ** (8 * i)) % 256);
      }
    }
    return this;
  }

  /** Adds bytes as they are. */
  raw(bytes: Iterable<number>): this {
    this.#bytes.push(...bytes);
    return this;
  }

  /** Adds text, and the zero at its end. */
  text(text: string): this {
    return this.raw(new TextEncoder().encode(`${text}\0`));
  }

  /** Adds zeros up to a length. */
  fill(length: number): this {
    return this.raw(new Uint8Array(length - this.length));
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#bytes.length;
  }

  /** All of them. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

/** The table of a DLL's exports, each of which is a forward. */
function exportTable(
  dll: string,
  exports: Readonly<Record<string, string>>,
): Uint8Array {
  // The loader looks names up by halves.
  const names = Object.keys(exports).sort();
  const count = names.length;
  const functionsAt = MEMORY_AT + 40;
  const namesAt = functionsAt + 4 * count;
  const ordinalsAt = namesAt + 4 * count;
  const stringsAt = ordinalsAt + 2 * count;

  const strings = new Fields();
  const place = (text: string) => {
    const at = stringsAt + strings.length;
    strings.text(text);
    return at;
  };
  const dllAt = place(dll);
  const nameAts = names.map(place);
  const forwardAts = names.map((name) => place(exports[name]));
  return new Fields()
    .add(4, 0, 0, 0, dllAt, 1, count, count)
    .add(4, functionsAt, namesAt, ordinalsAt)
    .add(4, ...forwardAts, ...nameAts)
    .add(2, ...names.keys())
    .raw(strings.bytes).bytes;
}

/**
 * Makes a DLL for x64 whose exports are forwards to other DLLs.
 *
 * @param dll its name.
 * @param exports what it forwards: names, and `other.Function` of each.
 * @returns its bytes.
 */
export function forwardingDll(
  dll: string,
  exports: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const table = exportTable(dll, exports);
  const size = table.length;
  const sizeInFile = Math.ceil(size / FILE_AT) * FILE_AT;
  return new Fields()
    // The header of DOS, which is there to say where the real one is.
    .raw([0x4d, 0x5a]).fill(0x3c).add(4, 0x40)
    .text("PE\0")
    // x64, one section, no symbols; a DLL that runs, with large addresses.
    .add(2, 0x8664, 1).add(4, 0, 0, 0).add(2, 240, 0x2022)
    // PE32+; how much there is of code and data, and no place to start at.
    .add(2, 0x20b).add(1, 14, 0).add(4, 0, sizeInFile, 0, 0, MEMORY_AT)
    // Where it would like to be, and the alignment in memory and in the file.
    .add(8, 0x180000000).add(4, 0x1000, FILE_AT)
    // Windows 6.0, the size in memory and of the headers, and no checksum.
    .add(2, 6, 0, 0, 0, 6, 0).add(4, 0, 2 * MEMORY_AT, FILE_AT, 0)
    // A console program that may be moved; stack and heap; 16 directories.
    .add(2, 3, 0x160).add(8, 0x100000, 0x1000, 0x100000, 0x1000).add(4, 0, 16)
    // The first is the one of exports; the others are empty.
    .add(4, MEMORY_AT, size).raw(new Uint8Array(15 * 8))
    // The section: data that is only read.
    .text(".rdata\0").add(4, size, MEMORY_AT, sizeInFile, FILE_AT)
    .add(4, 0, 0, 0, 0x40000040).fill(FILE_AT)
    .raw(table).fill(FILE_AT + sizeInFile).bytes;
}
