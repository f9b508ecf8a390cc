/**
 * Bun as a {@linkcode Runtime}.
 *
 * @module
 */

import process from "node:process";
import type { Runtime } from "../../host.ts";
import { bun } from "./api.ts";
import { openStream, openWebSocket } from "./client.ts";
import { hostProcess } from "./process.ts";
import { connect, listen } from "./stream.ts";

function writeStderr(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stderr.write(text, (error) => error ? reject(error) : resolve());
  });
}

/** Bun as the server sees it. */
export const runtime: Runtime = {
  name: `bun ${bun.version}`,
  platform: process.platform,
  process: hostProcess,
  listen,
  // Loaded by those alone who use it.
  bind: async (addr, options) =>
    (await import("./datagram.ts")).bind(addr, options),
  serveWeb: async (options) => (await import("./web.ts")).serveWeb(options),
  connect,
  openStream,
  openWebSocket,
  capabilities: {
    ...{ receiveBuffer: true, http2: false },
    // SO_REUSEPORT balances on Linux alone.
    sharesPorts: process.platform === "linux",
    // Its limit is a signed number of 32 bits.
    maxMessage: 2 ** 31 - 1,
  },
  // Bun has no permissions to ask for.
  isGranted: () => true,
  writeStderr,
};
