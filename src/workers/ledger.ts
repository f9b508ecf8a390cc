/**
 * The numbers that the threads of one program share: limits and the numbers of
 * connections hold for all of them together.
 *
 * @module
 */

import type { Room } from "../net.ts";
import type { AdmissionControl } from "../limits.ts";
import type { Shared } from "../shared.ts";
import { plainIp } from "../subnet.ts";
import { AddressTable } from "./address_table.ts";

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
const OPEN = 2;
const DESCRIPTORS = 3;
// Then two for each member: what of OPEN and DESCRIPTORS is its own.
const OWN = 4;

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
    const { members, maxConnectionsPerIp } = options;
    const size = (OWN + 2 * members) * BigInt64Array.BYTES_PER_ELEMENT;
    return new Ledger({
      ...options,
      numbers: new SharedArrayBuffer(size),
      addresses: maxConnectionsPerIp > 0
        ? AddressTable.allocate(members)
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
      nextConnection: () => this.#add(CONNECTION, 1) + 1,
      nextMessage: () => this.#add(MESSAGE, 1) + 1,
      admission: (room) => this.#admission(member, room),
    };
  }

  /** Connections that are open, of all members. */
  get open(): number {
    return Number(Atomics.load(this.#numbers, OPEN));
  }

  /** Takes back all that a member has counted: it is no more. */
  forget(member: number): void {
    const own = OWN + 2 * member;
    for (const [sum, part] of [[OPEN, own], [DESCRIPTORS, own + 1]]) {
      const left = Atomics.exchange(this.#numbers, part, 0n);
      Atomics.sub(this.#numbers, sum, left);
    }
    this.#addresses?.forget(member);
  }

  #admission(
    member: number,
    room: Room = { size: Infinity, taken: 0 },
  ): AdmissionControl {
    const own = OWN + 2 * member;
    const most = this.handle.maxConnections || Infinity;
    const addresses = this.#addresses;
    return {
      enter: (descriptors = 1) => {
        if (!this.#take(OPEN, 1, most)) return "max-connections";
        if (!this.#take(DESCRIPTORS, descriptors, room.size)) {
          this.#add(OPEN, -1);
          return "max-connections";
        }
        this.#add(own, 1);
        this.#add(own + 1, descriptors);
        return undefined;
      },
      leave: (descriptors = 1) => {
        for (const index of [OPEN, own]) this.#add(index, -1);
        for (const index of [DESCRIPTORS, own + 1]) {
          this.#add(index, -descriptors);
        }
      },
      enterIp: (ip) =>
        ip === undefined || !addresses || addresses.enter(member, plainIp(ip))
          ? undefined
          : "max-connections-per-ip",
      leaveIp: (ip) => {
        if (ip !== undefined) addresses?.leave(member, plainIp(ip));
      },
    };
  }

  #take(index: number, amount: number, most: number): boolean {
    if (this.#add(index, amount) + amount <= most) return true;
    this.#add(index, -amount);
    return false;
  }

  // Gives back what was there before.
  #add(index: number, change: number): number {
    return Number(Atomics.add(this.#numbers, index, BigInt(change)));
  }
}
