/**
 * HTTP on Deno: `Deno.serve` behind the contract of `web.ts`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { NetAddr } from "../../net.ts";
import type {
  WebContext,
  WebServer,
  WebServerOptions,
  WebSocketHandler,
} from "../../web.ts";
import { listField } from "../web_fields.ts";

// RFC 6455, section 7.4.1.
const TOO_BIG = 1009;
const NO_CLOSE = 1006;

const FIRST_RETRY_MS = 5;
const LONGEST_RETRY_MS = 1000;

class DenoWebServer implements WebServer {
  readonly addr: NetAddr;
  #options: WebServerOptions;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #abort = new AbortController();
  #retry?: ReturnType<typeof setTimeout>;

  constructor(options: WebServerOptions) {
    this.#options = options;
    this.#server = this.#open(options.addr);
    const { hostname, port } = this.#server.addr;
    this.addr = { transport: "http", hostname, port };
    this.#keep(FIRST_RETRY_MS);
  }

  #open({ hostname, port }: NetAddr): Deno.HttpServer<Deno.NetAddr> {
    const { onError } = this.#options;
    return Deno.serve({
      ...{ hostname, port },
      signal: this.#abort.signal,
      automaticCompression: false,
      onListen: () => {},
      onError: (error) => {
        onError(error);
        return new Response("Internal Server Error\n", { status: 500 });
      },
    }, (request, info) => this.#answer(request, info));
  }

  // Deno.serve ends for good when one accept fails, such as out of files.
  #keep(retryMs: number): void {
    const { onError } = this.#options;
    const again = () => {
      if (this.#abort.signal.aborted) return;
      this.#retry = setTimeout(() => this.#reopen(retryMs), retryMs);
    };
    this.#server.finished.then(again, (error) => {
      onError(error);
      again();
    });
  }

  #reopen(retryMs: number): void {
    try {
      this.#server = this.#open(this.addr);
      this.#keep(FIRST_RETRY_MS);
    } catch {
      const next = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      this.#retry = setTimeout(() => this.#reopen(next), next);
    }
  }

  #answer(
    request: Request,
    { remoteAddr }: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Response | Promise<Response> {
    const { onRequest, maxMessage } = this.#options;
    const { hostname, port } = remoteAddr;
    const context: WebContext = {
      peer: { transport: "http", hostname, port },
      upgrade: (handler) => upgrade(request, handler, maxMessage),
    };
    return onRequest(request, context);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#retry);
    await this.#server.finished.catch(() => {});
  }
}

function upgrade(
  request: Request,
  handler: WebSocketHandler,
  maxMessage: number,
): Response {
  const { protocol } = handler;
  if (protocol) spaceProtocols(request);
  const { socket, response } = Deno.upgradeWebSocket(request, {
    protocol,
    // Whether a client is idle is for the server to say.
    idleTimeout: 0,
  });
  socket.binaryType = "arraybuffer";
  socket.onopen = () =>
    handler.onOpen({
      get buffered() {
        return socket.bufferedAmount;
      },
      send: (data) => socket.send(data),
      close: (code, reason) => socket.close(code, reason),
    });
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const message = typeof data === "string" ? data : new Uint8Array(data);
    if (lengthOf(message) <= maxMessage) handler.onMessage(message);
    else socket.close(TOO_BIG, "the message is too long");
  };
  // Whatever is wrong, its end follows.
  socket.onclose = ({ code, wasClean }) =>
    handler.onClose(wasClean ? code : NO_CLOSE);
  return response;
}

function lengthOf(message: string | Uint8Array): number {
  return typeof message === "string"
    ? Buffer.byteLength(message)
    : message.length;
}

// Deno finds a protocol in a list only if a space follows each comma, which
// RFC 9110, section 5.6.1, leaves to the client.
function spaceProtocols({ headers }: Request): void {
  const name = "sec-websocket-protocol";
  const list = listField(headers.get(name)).join(", ");
  const get = (key: string) =>
    key.toLowerCase() === name
      ? list
      : Headers.prototype.get.call(headers, key);
  Object.defineProperty(headers, "get", { value: get });
}

/**
 * Starts `Deno.serve`.
 *
 * @param options where it listens, and what it answers.
 * @returns the server.
 * @throws the error of `Deno.serve`, such as `Deno.errors.AddrInUse`.
 */
export function serveWeb(options: WebServerOptions): Promise<WebServer> {
  return Promise.resolve(new DenoWebServer(options));
}
