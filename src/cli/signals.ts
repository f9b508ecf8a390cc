/**
 * The signals that stop a server, or a client.
 *
 * @module
 */

import type { Runtime, StopSignal } from "../host.ts";

// On Windows, SIGBREAK is Ctrl+Break and SIGHUP the closing of the console;
// elsewhere SIGHUP belongs to `nohup`, which ignores it.
function stopSignals(platform: string): readonly StopSignal[] {
  return platform === "win32"
    ? ["SIGINT", "SIGBREAK", "SIGHUP"]
    : ["SIGINT", "SIGTERM"];
}

// Windows ends a program five seconds after its console was closed.
const LONGEST_GOODBYE_MS = 4000;

/**
 * How long a shutdown may take.
 *
 * @param signal what asks for it.
 * @param timeoutMs how long it may take if nothing presses.
 * @returns the time, in milliseconds.
 */
export function drainTimeMs(signal: StopSignal, timeoutMs: number): number {
  return signal === "SIGHUP"
    ? Math.min(timeoutMs, LONGEST_GOODBYE_MS)
    : timeoutMs;
}

/** The signals that ask to stop, from the moment this is made. */
export class StopSignals {
  #waiting: ((signal: StopSignal) => void)[] = [];
  #early: StopSignal[] = [];
  #ignores: readonly (() => void)[];

  /** @param host the system, and the process that is sent the signals. */
  constructor({ platform, process }: Pick<Runtime, "platform" | "process">) {
    this.#ignores = stopSignals(platform).map((signal) =>
      process.onSignal(signal, () => this.#take(signal))
    );
  }

  /** Waits for the next signal; one that came before counts. */
  next(): Promise<StopSignal> {
    const early = this.#early.shift();
    if (early !== undefined) return Promise.resolve(early);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Has the next signal stop something.
   *
   * @param what what it stops.
   * @returns settles with the signal after that, which has it end at once.
   */
  async stop(what: AbortController): Promise<undefined> {
    await this.next();
    what.abort();
    await this.next();
  }

  /** Leaves signals to the system again. */
  ignore(): void {
    for (const ignore of this.#ignores) ignore();
  }

  #take(signal: StopSignal): void {
    const wake = this.#waiting.shift();
    if (wake) wake(signal);
    else this.#early.push(signal);
  }
}
