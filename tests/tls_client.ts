/**
 * A client of `node:tls`, for what `Deno.connectTls` cannot do.
 *
 * @module
 */

import type { Socket } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { connectNode } from "./client.ts";
import { type ServerProcess, soon } from "./server_process.ts";
import { certificateOf } from "./transports.ts";

/** A TLS socket, and the one below, which can be reset. */
export interface NodeTlsClient {
  /** Where bytes are written and read. */
  readonly socket: TLSSocket;
  /** The socket below. */
  readonly raw: Socket;
}

/** Connects to a server and shakes hands. */
export async function connectNodeTls(
  server: ServerProcess,
  options: ConnectionOptions = {},
): Promise<NodeTlsClient> {
  const ca = await certificateOf(server);
  const raw = await connectNode(server.port);
  const socket = connect({
    socket: raw,
    ca,
    servername: "localhost",
    ...options,
  });
  const secured = new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve).once("error", reject);
  });
  await soon(secured, "a TLS handshake");
  return { socket, raw };
}
