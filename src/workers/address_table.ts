/**
 * Connections by IP address, in memory that threads share.
 *
 * @module
 */

import { createHash } from "node:crypto";

// A table of buckets with a few rows each: an address has its row in the bucket
// that its hash names. A row is the hash, then a count for each member.
const BUCKETS = 8192;
const ROWS = 8;
const HASH_WORDS = 4;
const LOCK = 0;
const FIRST_ROW = 1;

/** Counts the connections of each IP address. */
export class AddressTable {
  #words: Int32Array<SharedArrayBuffer>;
  #members: number;
  #most: number;

  /**
   * @param memory what {@linkcode AddressTable.allocate} has made.
   * @param members how many threads count in it.
   * @param most connections that an address may have.
   */
  constructor(memory: SharedArrayBuffer, members: number, most: number) {
    this.#words = new Int32Array(memory);
    this.#members = members;
    this.#most = most;
  }

  /** Makes the memory for a table: 65,536 addresses at once, if all goes well. */
  static allocate(members: number): SharedArrayBuffer {
    const words = FIRST_ROW + BUCKETS * ROWS * (HASH_WORDS + members);
    return new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT);
  }

  /**
   * Counts a connection.
   *
   * @param member who has it.
   * @param ip the address, in its one form.
   * @returns `false` if it is one too many, or there is no row for it.
   */
  enter(member: number, ip: string): boolean {
    const hash = hashOf(ip);
    return this.#locked(member, () => {
      const row = this.#find(hash) ?? this.#claim(hash);
      if (row === undefined || this.#sum(row) >= this.#most) return false;
      this.#words[row + HASH_WORDS + member]++;
      return true;
    });
  }

  /** Takes back an {@linkcode AddressTable.enter} that was granted. */
  leave(member: number, ip: string): void {
    const hash = hashOf(ip);
    this.#locked(member, () => {
      const row = this.#find(hash);
      if (row !== undefined) this.#words[row + HASH_WORDS + member]--;
    });
  }

  /** Takes back all that a member has counted: it is no more. */
  forget(member: number): void {
    // It may have ended with the lock in its hands.
    Atomics.compareExchange(this.#words, LOCK, member + 1, 0);
    this.#locked(member, () => {
      for (let row = FIRST_ROW; row < this.#words.length; row += this.#width) {
        this.#words[row + HASH_WORDS + member] = 0;
      }
    });
  }

  get #width(): number {
    return HASH_WORDS + this.#members;
  }

  // What is done in between takes less than a microsecond.
  #locked<T>(member: number, action: () => T): T {
    while (Atomics.compareExchange(this.#words, LOCK, 0, member + 1) !== 0);
    try {
      return action();
    } finally {
      Atomics.store(this.#words, LOCK, 0);
    }
  }

  #rows(hash: Int32Array): number[] {
    const first = FIRST_ROW + (hash[0] >>> 0) % BUCKETS * ROWS * this.#width;
    return Array.from({ length: ROWS }, (_, at) => first + at * this.#width);
  }

  #find(hash: Int32Array): number | undefined {
    return this.#rows(hash).find((row) =>
      hash.every((word, at) => this.#words[row + at] === word)
    );
  }

  #claim(hash: Int32Array): number | undefined {
    const row = this.#rows(hash).find((row) => this.#sum(row) === 0);
    if (row !== undefined) this.#words.set(hash, row);
    return row;
  }

  #sum(row: number): number {
    const counts = row + HASH_WORDS;
    return this.#words.subarray(counts, counts + this.#members)
      .reduce((sum, count) => sum + count, 0);
  }
}

function hashOf(ip: string): Int32Array {
  const digest = createHash("sha256").update(ip).digest();
  return Int32Array.from(
    { length: HASH_WORDS },
    (_, at) => digest.readInt32LE(4 * at),
  );
}
