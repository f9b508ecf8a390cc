/**
 * The process of a program on Deno.
 *
 * @module
 */

import type { HostProcess } from "../../host.ts";

const STREAMS = [Deno.stdin, Deno.stdout, Deno.stderr];

/** The process, without the modules of Node, which take long to load. */
export const hostProcess: HostProcess = {
  args: Deno.args,
  variable: (name) => Deno.env.get(name),
  isTerminal: (stream) => STREAMS[stream].isTerminal(),
  onSignal: (signal, listener) => {
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  },
  exit: (code) => Deno.exit(code),
};
