/**
 * TLS over sockets of `node:net`, the same on both runtimes. Their own TLS
 * listeners cannot read a PROXY header first, ask for client certificates or
 * send RST, and Deno's leaves Nagle's algorithm on.
 *
 * @module
 */

import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { TlsOptions } from "../../net.ts";

// The server has a handshake timeout of its own, which drops the connection.
const NO_TIMEOUT_MS = 2 ** 31 - 1;

const LEFT = "the client has left";

// Servers that wait for their next handshake.
const MOST_IDLE = 16;

/** What brings the bytes of a connection. */
export interface Flow {
  /** Brings no more for now. */
  pause(): void;
  /** Goes on. */
  resume(): void;
  /** Whether what looked like the end was the peer's RST. */
  wasReset?(): boolean;
}

/** Finds what brings the bytes of TLS, for runtimes whose sockets do not say. */
export type FindFlow = (raw: Socket) => Flow;

/** A socket on which the handshake is done. */
export interface Secured {
  /** The socket, which flows from its first listener for data on. */
  readonly socket: TLSSocket;
  /** What brings its bytes. */
  readonly flow: Flow;
}

/** A handshake that failed; the message says why. */
export class HandshakeError extends Error {
  override name = "HandshakeError";
}

/** Makes TLS sockets of accepted ones. */
export class TlsUpgrade {
  #options: TlsOptions;
  #findFlow?: FindFlow;
  // An event of a server does not tell which socket it is about, so that each
  // does one handshake at a time.
  #idle: Server[] = [];

  /**
   * @param options the server's certificate and what it asks for.
   * @param findFlow finds what brings the bytes, where TLS sockets do not say.
   * @throws the error of `node:tls` if the certificate or key is unusable.
   */
  constructor(options: TlsOptions, findFlow?: FindFlow) {
    this.#options = options;
    this.#findFlow = findFlow;
    this.#idle.push(this.#createServer());
  }

  #createServer(): Server {
    const { cert, key, clientCa, alpn } = this.#options;
    return createServer({
      ...{ cert, key, ca: clientCa, requestCert: clientCa !== undefined },
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
      // Later would be too late: a refused client could resume its session.
      rejectUnauthorized: clientCa !== undefined,
      allowHalfOpen: true,
      handshakeTimeout: NO_TIMEOUT_MS,
    });
  }

  /**
   * Does the server's part of a handshake.
   *
   * @param raw the socket, of which nothing but what was put back is read yet.
   * @param onSecured told of the socket over it, in the turn in which there is
   * one: Deno loses the end of a stream to which nobody listens by then.
   * @throws {HandshakeError} if the client closes, says anything else than TLS,
   * or lacks a certificate that was asked for.
   */
  async secure(
    raw: Socket,
    onSecured: (secured: Secured) => void,
  ): Promise<void> {
    if (raw.destroyed) throw new HandshakeError(LEFT);
    const server = this.#idle.pop() ?? this.#createServer();
    const handshake = Promise.withResolvers<void>();
    server.once("secureConnection", (socket: TLSSocket) => {
      server.removeAllListeners("tlsClientError");
      if (this.#idle.length < MOST_IDLE) this.#idle.push(server);
      raw.allowHalfOpen = true;
      socket.allowHalfOpen = true;
      onSecured({ socket, flow: this.#findFlow?.(raw) ?? socket });
      handshake.resolve();
    });
    server.once("tlsClientError", handshake.reject);
    // The error of the handshake comes a little later than this, if there is one.
    const onClose = () => setImmediate(() => handshake.reject(new Error(LEFT)));
    raw.once("close", onClose);
    // Otherwise Deno tells nobody of a client that ends a handshake half-way.
    raw.allowHalfOpen = false;
    try {
      server.emit("connection", raw);
      await handshake.promise;
    } catch (error) {
      const reason = reasonOf(error as Error & { readonly code?: string });
      const isVague = reason === LEFT && this.#options.clientCa !== undefined;
      throw new HandshakeError(
        // Deno drops such a client without a word.
        isVague ? `${LEFT}, or has no certificate that is trusted` : reason,
        { cause: error },
      );
    } finally {
      raw.off("close", onClose);
    }
  }
}

function reasonOf(
  { code = "", message }: Error & { readonly code?: string },
): string {
  // An alert is what the client says.
  if (
    /ALERT_.*(CERTIFICATE|CA)|UnknownCA|DECRYPT_?ERROR/i.test(code + message)
  ) {
    return "the client does not trust the server's certificate";
  }
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|UNEXPECTED_MESSAGE/.test(code)) {
    return "the client does not speak TLS";
  }
  if (/NOT_RETURN_A_CERTIFICATE/.test(code)) {
    return "the client has sent no certificate";
  }
  if (/CERT|SELF_SIGNED|ISSUER|LEAF/.test(code)) {
    return `the client's certificate is refused: ${code}`;
  }
  if (code === "ECONNRESET") return LEFT;
  return message.replace(/^error:\w+:SSL routines:\w*:/, "");
}
