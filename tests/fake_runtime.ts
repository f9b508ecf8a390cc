/**
 * A runtime that opens nothing, for tests of what asks it.
 *
 * @module
 */

import type { Runtime } from "../src/host.ts";
import { FakeProcess } from "./fake_process.ts";

/** A runtime that grants everything, and has no sockets but those it is given. */
export function fakeRuntime(overrides: Partial<Runtime> = {}): Runtime {
  return {
    name: "fake 1.0.0",
    platform: "linux",
    process: new FakeProcess(),
    listen: () => Promise.reject(new Error("not here")),
    bind: () => Promise.reject(new Error("not here")),
    serveWeb: () => Promise.reject(new Error("not here")),
    connect: () => Promise.reject(new Error("not here")),
    openStream: () => Promise.reject(new Error("not here")),
    openWebSocket: () => {
      throw new Error("not here");
    },
    capabilities: {
      ...{ receiveBuffer: true, http2: true, sharesPorts: true },
      maxMessage: 2 ** 31 - 1,
    },
    isGranted: () => true,
    writeStderr: () => Promise.resolve(),
    ...overrides,
  };
}
