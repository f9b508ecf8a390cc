/**
 * The signals that stop a server.
 *
 * @module
 */

import process from "node:process";

// On Windows, SIGBREAK is Ctrl+Break and SIGHUP the closing of the console;
// elsewhere SIGHUP belongs to `nohup`, which ignores it.
const STOP_SIGNALS: readonly NodeJS.Signals[] = process.platform === "win32"
  ? ["SIGINT", "SIGBREAK", "SIGHUP"]
  : ["SIGINT", "SIGTERM"];

/** The signals that ask to stop, from the moment this is made. */
export class StopSignals {
  #waiting: (() => void)[] = [];
  #early = 0;
  #onSignal = () => {
    const wake = this.#waiting.shift();
    if (wake) wake();
    else this.#early++;
  };

  constructor() {
    for (const name of STOP_SIGNALS) process.on(name, this.#onSignal);
  }

  /** Waits for the next signal; one that came before counts. */
  next(): Promise<void> {
    if (this.#early > 0) {
      this.#early--;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Leaves signals to the system again. */
  ignore(): void {
    for (const name of STOP_SIGNALS) process.off(name, this.#onSignal);
  }
}
