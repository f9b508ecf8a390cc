/**
 * Opens the client that fits a URL.
 *
 * @module
 */

import type { NetAddr } from "../net.ts";
import type { ClientOptions, EchoClient } from "./client.ts";
import { openDatagramClient } from "./datagram.ts";
import { openHttpClient } from "./http.ts";
import { openStreamClient } from "./stream.ts";
import type { NetTarget, Target } from "./target.ts";
import { openWebSocketClient } from "./websocket.ts";

/**
 * Opens a connection to an echo server.
 *
 * @param target the server.
 * @param options how.
 * @returns the client.
 * @throws {ExchangeError} if it cannot be reached; of HTTP, the first message
 * tells.
 */
export async function openClient(
  target: Target,
  options: ClientOptions,
): Promise<EchoClient> {
  switch (target.kind) {
    case "stream":
      return await openStreamClient(target.addr, options);
    case "datagram":
      return await openDatagramClient(target.addr as NetAddr, options);
    case "http":
      return openHttpClient(target as NetTarget, options);
    case "websocket":
      return await openWebSocketClient(target as NetTarget, options);
  }
}
