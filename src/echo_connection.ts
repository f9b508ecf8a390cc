/**
 * A connection, for those who embed the server.
 *
 * @module
 */

import type { Addr, NetAddr, TlsSession } from "./net.ts";
import type { WaitOptions } from "./wait.ts";

/**
 * Why a connection ended.
 *
 * - `eof`: the peer ended its stream and got everything back;
 * - `reset`: the peer dropped the connection;
 * - `idle-timeout`, `write-timeout`, `request-timeout`, `max-lifetime`,
 *   `max-bytes`: a limit;
 * - `fault`: a fault that was asked for;
 * - `shutdown`: the server is going away;
 * - `error`: anything else, which the record describes.
 *
 * @example Why a client was dropped
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({ maxBytes: 3 });
 * using client = await Deno.connect({ port: server.port });
 * await client.write(new TextEncoder().encode("hello"));
 * await client.closeWrite();
 *
 * const connection = await server.waitForConnection();
 * console.log(await connection.closed); // max-bytes
 * ```
 */
export type EndReason =
  | "eof"
  | "reset"
  | "idle-timeout"
  | "write-timeout"
  | "request-timeout"
  | "max-lifetime"
  | "max-bytes"
  | "fault"
  | "shutdown"
  | "error";

/**
 * What a listener of connections speaks.
 *
 * @example Whether it came over TLS
 * ```ts
 * import { type Protocol, serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * using client = await Deno.connect({ port: server.port });
 * const { protocol } = await server.waitForConnection();
 * const secure: Protocol[] = ["tls", "https"];
 * console.log(client.localAddr, secure.includes(protocol)); // false
 * ```
 */
export type Protocol = "tcp" | "tls" | "unix" | "http" | "https";

/** What of a connection can be told to another thread. */
export type ConnectionView = Pick<
  EchoConnection,
  "id" | "peer" | "client" | "protocol" | "ageMs" | "bytesIn" | "bytesOut"
>;

/**
 * One connection, for those who embed the server.
 *
 * @example What a client has sent
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({ record: true });
 * using client = await Deno.connect({ port: server.port });
 * await client.write(new TextEncoder().encode("GET /\r\n\r\n"));
 *
 * const connection = await server.waitForConnection();
 * await connection.waitForBytes(/\r\n\r\n$/);
 * console.log(connection.text().split(" ")[0]); // GET
 * ```
 */
export interface EchoConnection {
  /** 1 for the server's first connection, and so on. */
  readonly id: number;
  /** The other end of the socket: the client, or a proxy. */
  readonly peer: Addr;
  /** The client for whom a proxy speaks, where a PROXY header says so. */
  readonly client?: NetAddr;
  /** What its TLS handshake has agreed on, where there was one. */
  readonly tls?: TlsSession;
  /** What kind of listener it came to. */
  readonly protocol: Protocol;
  /** How long ago its echo began, in milliseconds. */
  readonly ageMs: number;
  /** Bytes received to be echoed. */
  readonly bytesIn: number;
  /** Bytes that the operating system has taken for sending. */
  readonly bytesOut: number;
  /** Why it ends, once that is known. */
  readonly reason?: EndReason;
  /** Settles when the connection is over, with the reason. */
  readonly closed: Promise<EndReason>;
  /**
   * What was received, up to the limit of the recording; a copy.
   *
   * @throws {TypeError} if the server does not record.
   */
  readonly received: Uint8Array<ArrayBuffer>;
  /**
   * What was received, as text in UTF-8.
   *
   * @throws {TypeError} if the server does not record.
   */
  text(): string;
  /**
   * Waits until so many bytes, or some bytes or text, have been received.
   *
   * @param what a number of bytes, bytes to find, or a pattern for the text.
   * @param options how long to wait.
   * @returns what was received until then, as `received`.
   * @throws {WaitError} if the time is up or the connection over, and says what
   * was received.
   * @throws {TypeError} if the server does not record.
   */
  waitForBytes(
    what: number | Uint8Array | RegExp,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Drops the connection, with RST; its reason is `fault`. */
  abort(): void;
}
