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

// The server has a handshake timeout of its own, which cuts the connection.
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** A TLS socket, with the one under it, which Node's types leave out. */
type Secured = TLSSocket & { readonly _parent?: Socket };

/** A handshake that failed; the message says why. */
export class HandshakeError extends Error {
  override name = "HandshakeError";
}

/** Makes TLS sockets of accepted ones. */
export class TlsUpgrade {
  #server: Server;
  #asksForCertificate: boolean;
  #waiting = new WeakMap<Socket, PromiseWithResolvers<TLSSocket>>();

  /**
   * @param options the server's certificate and what it asks for.
   * @throws the error of `node:tls` if the certificate or key is unusable.
   */
  constructor({ cert, key, clientCa, alpn }: TlsOptions) {
    this.#asksForCertificate = clientCa !== undefined;
    this.#server = createServer({
      ...{ cert, key, ca: clientCa, requestCert: this.#asksForCertificate },
      ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
      // Whoever is not authorized is told apart below, with the reason.
      rejectUnauthorized: false,
      allowHalfOpen: true,
      pauseOnConnect: true,
      handshakeTimeout: NO_TIMEOUT_MS,
    });
    this.#server.on("secureConnection", (socket: Secured) => {
      if (socket._parent) this.#waiting.get(socket._parent)?.resolve(socket);
    });
    this.#server.on("tlsClientError", (error, socket: Secured) => {
      if (socket._parent) this.#waiting.get(socket._parent)?.reject(error);
    });
  }

  /**
   * Does the server's part of a handshake.
   *
   * @param raw the socket, of which nothing but what was put back is read yet.
   * @returns the socket over it, paused.
   * @throws {HandshakeError} if the client closes, says anything else than TLS,
   * or lacks a certificate that was asked for.
   */
  async secure(raw: Socket): Promise<TLSSocket> {
    const handshake = Promise.withResolvers<TLSSocket>();
    this.#waiting.set(raw, handshake);
    // The error of the handshake comes a little later than this, if there is one.
    const onClose = () =>
      setImmediate(() => handshake.reject(new Error("the client has left")));
    raw.once("close", onClose);
    try {
      this.#server.emit("connection", raw);
      const socket = await handshake.promise;
      if (!this.#asksForCertificate || socket.authorized) return socket;
      throw new Error(`client certificate: ${socket.authorizationError}`);
    } catch (error) {
      const { message } = error as Error;
      throw new HandshakeError(message, { cause: error });
    } finally {
      raw.off("close", onClose);
    }
  }
}
