/**
 * The signals that stop a server, or a client.
 *
 * @module
 */

import process from "node:process";

// On Windows, SIGBREAK is Ctrl+Break and SIGHUP the closing of the console;
// elsewhere SIGHUP belongs to `nohup`, which ignores it.
function stopSignals(platform: NodeJS.Platform): readonly NodeJS.Signals[] {
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
export function drainTimeMs(signal: NodeJS.Signals, timeoutMs: number): number {
  return signal === "SIGHUP"
    ? Math.min(timeoutMs, LONGEST_GOODBYE_MS)
    : timeoutMs;
}

/** The signals that ask to stop, from the moment this is made. */
export class StopSignals {
  #names: readonly NodeJS.Signals[];
  #waiting: ((signal: NodeJS.Signals) => void)[] = [];
  #early: NodeJS.Signals[] = [];
  #onSignal = (signal: NodeJS.Signals) => {
    const wake = this.#waiting.shift();
    if (wake) wake(signal);
    else this.#early.push(signal);
  };

  /** @param platform the system, as Node calls it. */
  constructor(platform: NodeJS.Platform = process.platform) {
    this.#names = stopSignals(platform);
    for (const name of this.#names) process.on(name, this.#onSignal);
  }

  /** Waits for the next signal; one that came before counts. */
  next(): Promise<NodeJS.Signals> {
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
    for (const name of this.#names) process.off(name, this.#onSignal);
  }
}
