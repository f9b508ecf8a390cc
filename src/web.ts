/**
 * The contract between a runtime's own HTTP server and echod: types only.
 * Requests and answers are those of the Fetch standard.
 *
 * @module
 */

import type { NetAddr } from "./net.ts";

/** How a WebSocket is answered (RFC 6455). */
export interface WebSocketHandler {
  /** The subprotocol to agree on, one of those that were asked for. */
  readonly protocol?: string;
  /** The socket is open; nothing has come yet. */
  onOpen(socket: WebSocketPeer): void;
  /** A whole message has come, as text or bytes; they may be kept. */
  onMessage(data: string | Uint8Array<ArrayBuffer>): void;
  /** The socket is closed; 1005 and 1006 stand for no code and no close. */
  onClose(code: number): void;
}

/** The other end of a WebSocket. */
export interface WebSocketPeer {
  /** Bytes that wait to be sent. */
  readonly buffered: number;
  /** Sends a message; what waits to be sent is kept, whatever it takes. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /**
   * Begins the closing handshake, after all that was sent; idempotent.
   *
   * @param code 1000 to 4999 but 1005, 1006 and 1015; absent for none.
   * @param reason at most 123 bytes.
   */
  close(code?: number, reason?: string): void;
}

/** What a server is told of a request, besides the request itself. */
export interface WebContext {
  /** The other end of the connection. */
  readonly peer: NetAddr;
  /**
   * Answers with a WebSocket; the answer given back is what to return.
   *
   * @throws {TypeError} if the request does not ask for one.
   */
  readonly upgrade: (handler: WebSocketHandler) => Response;
}

/** How a runtime's HTTP server is started. */
export interface WebServerOptions {
  /** Where it listens; port 0 takes any free port. */
  readonly addr: NetAddr;
  /** The longest message of a WebSocket, in bytes; longer ones close it. */
  readonly maxMessage: number;
  /** Answers a request. */
  readonly onRequest: (
    request: Request,
    context: WebContext,
  ) => Response | Promise<Response>;
  /** Told of what goes wrong besides; the server goes on. */
  readonly onError: (error: unknown) => void;
}

/** A runtime's HTTP server, which runs. */
export interface WebServer {
  /** The address in use, with the real port. */
  readonly addr: NetAddr;
  /** Stops at once and drops every connection. Idempotent. */
  close(): Promise<void>;
}
