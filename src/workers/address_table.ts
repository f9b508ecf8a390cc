/**
 * Connections by IP address, in memory that threads share.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** How many addresses at once a table has room for, unless told otherwise. */
export const CAPACITY = 65_536;

// The lock, then a secret that all threads hash with, then the rows. A row is a
// hash, then a count for each member; its first word is 0 until its first use.
const LOCK = 0;
const SALT = 1;
const SALT_WORDS = 4;
const FIRST_ROW = SALT + SALT_WORDS;
const HASH_WORDS = 2;
// The rows that an address may be in, from the one on that its hash names. With
// half of all rows taken, none that is free within so many is out of the question.
const WINDOW = 256;
const NONE = -1;
// Who has the lock needs microseconds, unless its thread is not running; then
// others sleep, and at last do without.
const SPINS = 1000;
const SLEEPS = 100;
const SLEEP_MS = 1;

/** Counts the connections of each IP address. */
export class AddressTable {
  #words: Int32Array<SharedArrayBuffer>;
  #salt: Uint8Array;
  #width: number;
  #rows: number;
  #members: number;
  #most: number;

  /**
   * @param memory what {@linkcode AddressTable.allocate} has made.
   * @param members how many threads count in it.
   * @param most connections that an address may have.
   */
  constructor(memory: SharedArrayBuffer, members: number, most: number) {
    this.#words = new Int32Array(memory);
    // A copy, since hashes are not made of shared memory.
    const salt = this.#words.slice(SALT, FIRST_ROW);
    this.#salt = new Uint8Array(salt.length * salt.BYTES_PER_ELEMENT);
    new Int32Array(this.#salt.buffer).set(salt);
    this.#width = HASH_WORDS + members;
    this.#rows = (this.#words.length - FIRST_ROW) / this.#width;
    this.#members = members;
    this.#most = most;
  }

  /**
   * Makes the memory for a table.
   *
   * @param members how many threads count in it.
   * @param capacity for how many addresses at once there is room for sure.
   */
  static allocate(members: number, capacity = CAPACITY): SharedArrayBuffer {
    const rows = Math.max(2 * capacity, WINDOW);
    const words = FIRST_ROW + rows * (HASH_WORDS + members);
    const memory = new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT);
    // Whoever knew it could choose addresses that are in another's way.
    const salt = crypto.getRandomValues(new Int32Array(SALT_WORDS));
    new Int32Array(memory).set(salt, SALT);
    return memory;
  }

  /**
   * Counts a connection.
   *
   * @param member who has it.
   * @param ip the address, in its one form.
   * @returns `false` if it is one too many, or there is no room for it.
   */
  enter(member: number, ip: string): boolean {
    const hash = this.#hash(ip);
    if (!this.#lock(member)) return false;
    try {
      const row = this.#claim(hash);
      if (row === NONE || this.#sum(row) >= this.#most) return false;
      Atomics.add(this.#words, row + HASH_WORDS + member, 1);
      return true;
    } finally {
      // Another may have it, if this member was taken for dead.
      Atomics.compareExchange(this.#words, LOCK, member + 1, 0);
    }
  }

  /** Takes back an {@linkcode AddressTable.enter} that was granted. */
  leave(member: number, ip: string): void {
    // Without the lock: nobody else changes a row that somebody is in.
    const row = this.#find(this.#hash(ip));
    if (row === NONE) return;
    Atomics.sub(this.#words, row + HASH_WORDS + member, 1);
  }

  /**
   * Takes back all that a member has counted: it is no more. This takes no lock,
   * so that nobody who is dead, or waits for the dead, can be in the way.
   */
  forget(member: number): void {
    // It may have ended with the lock in its hands.
    Atomics.compareExchange(this.#words, LOCK, member + 1, 0);
    const first = FIRST_ROW + HASH_WORDS + member;
    for (let at = first; at < this.#words.length; at += this.#width) {
      // Memory that was never written to need not be there.
      if (this.#words[at] !== 0) Atomics.store(this.#words, at, 0);
    }
  }

  #lock(member: number): boolean {
    for (let tries = 0; tries < SPINS + SLEEPS; tries++) {
      const holder = Atomics.compareExchange(this.#words, LOCK, 0, member + 1);
      if (holder === 0) return true;
      if (tries < SPINS) continue;
      Atomics.wait(this.#words, LOCK, holder, SLEEP_MS);
    }
    return false;
  }

  /** Finds the row of an address; where it has none, takes a free one. */
  #claim(hash: Hash): number {
    const row = this.#find(hash);
    if (row !== NONE) return row;
    const free = this.#findFree(hash);
    if (free === NONE) return NONE;
    // The first word last: with it, the row is in use.
    this.#words[free + 1] = hash[1];
    this.#words[free] = hash[0];
    return free;
  }

  #find([first, second]: Hash): number {
    for (let step = 0; step < WINDOW; step++) {
      const row = this.#row(first, step);
      const word = this.#words[row];
      if (word === first && this.#words[row + 1] === second) return row;
      // Whoever went past it would have taken it.
      if (word === 0) return NONE;
    }
    return NONE;
  }

  #findFree([first]: Hash): number {
    for (let step = 0; step < WINDOW; step++) {
      const row = this.#row(first, step);
      if (this.#sum(row) === 0) return row;
    }
    return NONE;
  }

  #row(word: number, step: number): number {
    return FIRST_ROW + ((word >>> 0) + step) % this.#rows * this.#width;
  }

  #sum(row: number): number {
    const end = row + HASH_WORDS + this.#members;
    let sum = 0;
    for (let at = row + HASH_WORDS; at < end; at++) sum += this.#words[at];
    return sum;
  }

  #hash(ip: string): Hash {
    const digest = createHash("sha256").update(this.#salt).update(ip).digest();
    return [digest.readInt32LE(0) || 1, digest.readInt32LE(4)];
  }
}

type Hash = readonly [first: number, second: number];
