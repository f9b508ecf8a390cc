/**
 * The process of a program on Bun.
 *
 * @module
 */

import process from "node:process";
import { isatty } from "node:tty";
import type { HostProcess } from "../../host.ts";

/** The process. */
export const hostProcess: HostProcess = {
  args: process.argv.slice(2),
  variable: (name) => process.env[name],
  isTerminal: isatty,
  onSignal: (signal, listener) => {
    process.on(signal, listener);
    return () => process.off(signal, listener);
  },
  exit: (code) => process.exit(code),
};
