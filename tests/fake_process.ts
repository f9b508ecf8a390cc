/**
 * A process that only a test sends signals.
 *
 * @module
 */

import type { HostProcess, StopSignal } from "../src/host.ts";

/** A process without arguments, variables and terminal. */
export class FakeProcess implements HostProcess {
  readonly args: readonly string[] = [];
  #listeners = new Map<StopSignal, Set<() => void>>();

  variable(): undefined {}

  isTerminal(): boolean {
    return false;
  }

  onSignal(signal: StopSignal, listener: () => void): () => void {
    const listeners = this.#listeners.get(signal) ?? new Set();
    this.#listeners.set(signal, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  exit(code: number): never {
    throw new Error(`exit ${code}`);
  }

  /** The signals that would not end it. */
  get heard(): StopSignal[] {
    return [...this.#listeners].filter(([, { size }]) => size > 0)
      .map(([signal]) => signal);
  }

  /** Sends it a signal. */
  raise(signal: StopSignal): void {
    for (const listener of this.#listeners.get(signal) ?? []) listener();
  }
}
