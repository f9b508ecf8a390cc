/**
 * Bun as a {@linkcode Runtime}.
 *
 * @module
 */

import process from "node:process";
import type { Runtime } from "../../net.ts";
import { bind } from "../node/datagram.ts";
import { bun } from "./api.ts";
import { listen } from "./stream.ts";

function writeStderr(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stderr.write(text, (error) => error ? reject(error) : resolve());
  });
}

/** Bun as the server sees it. */
export const runtime: Runtime = {
  name: `bun ${bun.version}`,
  listen,
  bind,
  capabilities: { receiveBuffer: true },
  // Bun has no permissions to ask for.
  isGranted: () => true,
  writeStderr,
};
