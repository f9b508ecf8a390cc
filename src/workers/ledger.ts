/**
 * The numbers that the threads of one program share: limits and the numbers of
 * connections hold for all of them together.
 *
 * @module
 */

import type { Room } from "../net.ts";
import type { AdmissionControl } from "../limits.ts";
import type { Shared } from "../shared.ts";
import { plainIp } from "../ip.ts";
import { AddressTable, CAPACITY } from "./address_table.ts";

/** What a ledger is made for. */
export interface LedgerOptions {
  /** How many threads write into it. */
  readonly members: number;
  /** Connections open at once, of all threads; 0: no limit. */
  readonly maxConnections: number;
  /** The same for one IP address; 0: no limit. */
  readonly maxConnectionsPerIp: number;
}

/** A ledger as it is sent to another thread. */
export interface LedgerHandle extends LedgerOptions {
  /** The numbers. */
  readonly numbers: SharedArrayBuffer;
  /** Connections by IP address, if they are limited. */
  readonly addresses?: SharedArrayBuffer;
}

const CONNECTION = 0;
const MESSAGE = 1;
// Connections that are open, and their files, in one number: see `pack()`.
const TAKEN = 2;
// Then two for each member: what of TAKEN is its own, and how often it died.
const MEMBERS = 3;

/** The numbers that threads share. */
export class Ledger {
  /** The same, to be sent to another thread. */
  readonly handle: LedgerHandle;
  // 32 bits would hold the numbers of a few days.
  #numbers: BigInt64Array<SharedArrayBuffer>;
  #addresses?: AddressTable;

  /** @param handle a ledger, perhaps of another thread. */
  constructor(handle: LedgerHandle) {
    const { numbers, addresses, members, maxConnectionsPerIp } = handle;
    this.handle = handle;
    this.#numbers = new BigInt64Array(numbers);
    this.#addresses = addresses &&
      new AddressTable(addresses, members, maxConnectionsPerIp);
  }

  /** Makes a new one. */
  static create(options: LedgerOptions): Ledger {
    const { members, maxConnections, maxConnectionsPerIp } = options;
    const size = (MEMBERS + 2 * members) * BigInt64Array.BYTES_PER_ELEMENT;
    const capacity = Math.min(maxConnections || CAPACITY, CAPACITY);
    return new Ledger({
      ...options,
      numbers: new SharedArrayBuffer(size),
      addresses: maxConnectionsPerIp > 0
        ? AddressTable.allocate(members, capacity)
        : undefined,
    });
  }

  /**
   * What the server of a member shares with the others.
   *
   * @param member its number, from 0.
   */
  sharedBy(member: number): Shared {
    return {
      nextConnection: () => Number(this.#add(CONNECTION, 1n)) + 1,
      nextMessage: () => Number(this.#add(MESSAGE, 1n)) + 1,
      admission: (room) => this.#admission(member, room),
    };
  }

  /** Connections that are open, of all members. */
  get open(): number {
    return unpack(Atomics.load(this.#numbers, TAKEN)).open;
  }

  /**
   * Takes back all that a member has counted: it is no more. Whatever its thread
   * still does, since none ends at once, counts no more; its successor's does.
   */
  forget(member: number): void {
    const own = MEMBERS + 2 * member;
    this.#add(own + 1, 1n);
    const left = Atomics.exchange(this.#numbers, own, 0n);
    this.#add(TAKEN, -left);
    this.#addresses?.forget(member);
  }

  #admission(
    member: number,
    room: Room = { size: Infinity, taken: 0 },
  ): AdmissionControl {
    const own = MEMBERS + 2 * member;
    const life = Atomics.load(this.#numbers, own + 1);
    const isForgotten = () => Atomics.load(this.#numbers, own + 1) !== life;
    const most = this.handle.maxConnections || Infinity;
    const addresses = this.#addresses;
    // What is its own is never less than what it has of TAKEN. So who dies in
    // between gives back a place too many, and never keeps one for ever: it is
    // the limit that such a death exceeds by one, not the clients that lose.
    return {
      enter: (descriptors = 1) => {
        if (isForgotten()) return "max-connections";
        const amount = pack(1, descriptors);
        this.#add(own, amount);
        if (this.#take(amount, most, room.size)) return undefined;
        this.#add(own, -amount);
        return "max-connections";
      },
      leave: (descriptors = 1) => {
        if (isForgotten()) return;
        const amount = pack(1, descriptors);
        this.#add(TAKEN, -amount);
        this.#add(own, -amount);
      },
      enterIp: (ip) => {
        if (ip === undefined || !addresses) return undefined;
        const isIn = !isForgotten() && addresses.enter(member, plainIp(ip));
        return isIn ? undefined : "max-connections-per-ip";
      },
      leaveIp: (ip) => {
        if (ip === undefined || isForgotten()) return;
        addresses?.leave(member, plainIp(ip));
      },
    };
  }

  // All or nothing at once: what is taken to be given back would be in the way
  // of others.
  #take(amount: bigint, most: number, mostDescriptors: number): boolean {
    for (;;) {
      const before = Atomics.load(this.#numbers, TAKEN);
      const { open, descriptors } = unpack(before + amount);
      if (open > most || descriptors > mostDescriptors) return false;
      const found = Atomics.compareExchange(
        this.#numbers,
        TAKEN,
        before,
        before + amount,
      );
      if (found === before) return true;
    }
  }

  // Gives back what was there before.
  #add(index: number, change: bigint): bigint {
    return Atomics.add(this.#numbers, index, change);
  }
}

// Two counts in one number can be changed, and compared, at once.
const HALF = 32n;

function pack(open: number, descriptors: number): bigint {
  return (BigInt(descriptors) << HALF) + BigInt(open);
}

function unpack(
  packed: bigint,
): { readonly open: number; readonly descriptors: number } {
  const open = BigInt.asIntN(32, packed);
  return {
    open: Number(open),
    descriptors: Number((packed - open) >> HALF),
  };
}
