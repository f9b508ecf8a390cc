/**
 * Answers that faults hold back.
 *
 * @module
 */

import { startTimer } from "../timer.ts";

// What may be held back at a time, on all sockets.
const MOST_BYTES = 8 * 1024 * 1024;
// What an answer takes besides its bytes, about.
const COST = 512;

/** An answer that is not sent yet. */
export interface Held {
  /** Its size. */
  readonly bytes: number;
  /** How long it is held back, in milliseconds, unless something sends it. */
  readonly ms: number;
  /** To whom it goes, if the next answer to the same sends it. */
  readonly flow?: string;
  /** Sends it. */
  readonly send: () => void;
  /** Told that it is never sent. */
  readonly drop: () => void;
}

/** Keeps answers until they are due. */
export class HeldDatagrams {
  #release = new Map<Held, () => void>();
  #yielding = new Map<string, Held[]>();
  #bytes = 0;
  #settled?: PromiseWithResolvers<void>;

  /** Whether there are answers that the next to the same client sends. */
  get hasYielding(): boolean {
    return this.#yielding.size > 0;
  }

  /**
   * Holds an answer back.
   *
   * @returns whether there was room for it.
   */
  add(held: Held): boolean {
    if (this.#bytes + held.bytes + COST > MOST_BYTES) return false;
    this.#bytes += held.bytes + COST;
    this.#release.set(held, startTimer(held.ms, () => this.#send(held)));
    if (held.flow !== undefined) {
      const others = this.#yielding.get(held.flow);
      if (others) others.push(held);
      else this.#yielding.set(held.flow, [held]);
    }
    return true;
  }

  /** Sends what an answer to a client has overtaken. */
  overtake(flow: string): void {
    for (const held of this.#yielding.get(flow) ?? []) this.#send(held);
  }

  /** Waits until nothing is held back. */
  settled(): Promise<void> {
    if (this.#release.size === 0) return Promise.resolve();
    this.#settled ??= Promise.withResolvers();
    return this.#settled.promise;
  }

  /** Drops everything. */
  dropAll(): void {
    for (const held of [...this.#release.keys()]) {
      if (this.#remove(held)) held.drop();
    }
  }

  #send(held: Held): void {
    // One answer may send several, each of which would begin again.
    if (this.#remove(held)) held.send();
  }

  #remove(held: Held): boolean {
    const cancel = this.#release.get(held);
    if (!cancel) return false;
    cancel();
    this.#release.delete(held);
    this.#bytes -= held.bytes + COST;
    if (held.flow !== undefined) this.#unlink(held, held.flow);
    if (this.#release.size === 0) {
      this.#settled?.resolve();
      this.#settled = undefined;
    }
    return true;
  }

  #unlink(held: Held, flow: string): void {
    const others = this.#yielding.get(flow)?.filter((it) => it !== held) ?? [];
    if (others.length > 0) this.#yielding.set(flow, others);
    else this.#yielding.delete(flow);
  }
}
