/**
 * HTTP on Bun: `Bun.serve` behind the contract of `web.ts`.
 *
 * @module
 */

import type { NetAddr } from "../../net.ts";
import type {
  WebServer,
  WebServerOptions,
  WebSocketHandler,
} from "../../web.ts";
import { bun, type BunServer, type BunWebSocket } from "./api.ts";

// Bun would throw away what is beyond; what comes in bounds what waits here.
const MOST_WAITING = 2 ** 31 - 1;

// What Bun wants in place of an answer once a request is a WebSocket.
const UPGRADED = new Response(null);

class BunWebServer implements WebServer {
  readonly addr: NetAddr;
  #server: BunServer<WebSocketHandler>;

  constructor(options: WebServerOptions) {
    const { onRequest, onError, maxMessage } = options;
    const { hostname, port } = options.addr;
    this.#server = bun.serve<WebSocketHandler>({
      ...{ hostname, port },
      // Whether a client is idle, and what it may send, is for others to say.
      idleTimeout: 0,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      // Outside development, Bun would share the port with any other server.
      reusePort: false,
      fetch: async (request, server) => {
        const address = server.requestIP(request);
        const answer = await onRequest(request, {
          peer: {
            transport: "http",
            hostname: address?.address ?? "",
            port: address?.port ?? 0,
          },
          upgrade: (handler) => upgrade(server, request, handler),
        });
        return answer === UPGRADED ? undefined : answer;
      },
      error: (error) => {
        onError(error);
        return new Response("Internal Server Error\n", { status: 500 });
      },
      websocket: {
        idleTimeout: 0,
        sendPings: false,
        perMessageDeflate: false,
        maxPayloadLength: maxMessage,
        backpressureLimit: MOST_WAITING,
        open: (socket) => socket.data.onOpen(peerOf(socket)),
        message: (socket, data) =>
          socket.data.onMessage(
            typeof data === "string" ? data : new Uint8Array(data),
          ),
        close: (socket, code) => socket.data.onClose(code),
      },
    });
    this.addr = { transport: "http", hostname, port: this.#server.port };
  }

  async close(): Promise<void> {
    await this.#server.stop(true);
  }
}

function peerOf(socket: BunWebSocket<WebSocketHandler>) {
  return {
    get buffered() {
      return socket.getBufferedAmount();
    },
    send: (data: string | Uint8Array<ArrayBuffer>) => void socket.send(data),
    close: (code?: number, reason?: string) => socket.close(code, reason),
  };
}

function upgrade(
  server: BunServer<WebSocketHandler>,
  request: Request,
  handler: WebSocketHandler,
): Response {
  const { protocol } = handler;
  const headers = protocol ? { "Sec-WebSocket-Protocol": protocol } : undefined;
  if (server.upgrade(request, { data: handler, headers })) return UPGRADED;
  throw new TypeError("the request does not ask for a WebSocket");
}

/**
 * Starts `Bun.serve`.
 *
 * @param options where it listens, and what it answers.
 * @returns the server.
 * @throws Bun's error, whose `code` is such as `EADDRINUSE`.
 */
export function serveWeb(options: WebServerOptions): Promise<WebServer> {
  return Promise.resolve(new BunWebServer(options));
}
