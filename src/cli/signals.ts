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

/**
 * Calls back for every signal that asks to stop.
 *
 * @param onSignal told the signal's name, each time one arrives.
 * @returns a function that stops listening for them.
 */
export function onStopSignal(onSignal: (name: string) => void): () => void {
  for (const name of STOP_SIGNALS) process.on(name, onSignal);
  return () => {
    for (const name of STOP_SIGNALS) process.off(name, onSignal);
  };
}
