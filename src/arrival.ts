/**
 * What is settled before a connection is echoed: the PROXY header, which says
 * who the client is, and the TLS handshake.
 *
 * @module
 */

import { OptionError } from "./errors.ts";
import type { Addr, Conn, NetAddr, TlsSession } from "./net.ts";
import { parseProxyHeader, ProxyHeaderError } from "./proxy_protocol.ts";
import { Subnet } from "./subnet.ts";
import { startTimer } from "./timer.ts";

/** Peers that may be trusted: a range of addresses, or Unix sockets. */
export type Trusted = Subnet | "unix";

/** Whose PROXY headers are read. */
export interface ProxyOptions {
  /** Whether those who are trusted may do without one. */
  readonly mode: "optional" | "require";
  /** Who is trusted. */
  readonly trusted: readonly Trusted[];
}

/**
 * Reads who is to be trusted.
 *
 * @param text an IP address, a range, or `unix`.
 * @returns the same.
 * @throws {OptionError} if it is nothing of it; the message is the reason alone.
 */
export function readTrusted(text: string): Trusted {
  return text === "unix" ? text : Subnet.parse(text);
}

/**
 * Puts together whose PROXY headers are read.
 *
 * @param mode as the user says it.
 * @param trusted who is trusted.
 * @param names what errors call the two.
 * @returns the options; `undefined` if no headers are read.
 * @throws {OptionError} if only one of the two is given.
 */
export function proxyOptions(
  mode: ProxyOptions["mode"] | "off",
  trusted: readonly Trusted[],
  names: { readonly mode: string; readonly trusted: string },
): ProxyOptions | undefined {
  if (mode !== "off" && trusted.length > 0) return { mode, trusted };
  if (mode === "off" && trusted.length === 0) return undefined;
  throw new OptionError(
    mode === "off"
      ? `Cannot use ${names.trusted} without ${names.mode}: ` +
        "expected optional or require"
      : `Cannot use ${names.mode} ${mode} without ${names.trusted}: ` +
        "expected whom to trust, such as 127.0.0.1",
  );
}

/** Whether a peer is trusted to say for whom it speaks. */
export function isTrusted({ trusted }: ProxyOptions, peer: Addr): boolean {
  return trusted.some((who) =>
    peer.transport === "unix"
      ? who === "unix"
      : who !== "unix" && who.has(peer.hostname)
  );
}

/** The connections that are not echoed yet. */
export class Arrivals {
  #waiting = new Set<Conn>();

  /** Drops them all. */
  abortAll(): void {
    for (const conn of this.#waiting) conn.abort();
  }

  /**
   * Reads the PROXY header of a connection; what follows it is left unread.
   *
   * @param conn the connection.
   * @param mode whether there has to be one.
   * @param timeoutMs milliseconds until the connection is dropped; 0: never.
   * @returns the client for whom the proxy speaks; `undefined` if there is no
   * header, or it says nothing of a client.
   * @throws {ProxyHeaderError} if it is malformed or missing.
   * @throws {ArrivalTimeout} if it takes too long.
   * @throws the runtime's error when the connection fails.
   */
  readProxyHeader(
    conn: Conn,
    mode: ProxyOptions["mode"],
    timeoutMs: number,
  ): Promise<NetAddr | undefined> {
    const read = () => readHeader(conn, mode);
    return this.#within(timeoutMs, conn, "there was no PROXY header", read);
  }

  /**
   * Does the server's part of a TLS handshake.
   *
   * @param conn the connection, of a listener for TLS.
   * @param timeoutMs milliseconds until the connection is dropped; 0: never.
   * @returns what was agreed on.
   * @throws {ArrivalTimeout} if it takes too long.
   * @throws the runtime's error when the handshake fails.
   */
  startTls(conn: Conn, timeoutMs: number): Promise<TlsSession> {
    const start = () =>
      conn.startTls?.() ?? Promise.reject(new Error("no listener for TLS"));
    return this.#within(timeoutMs, conn, "it was not done", start);
  }

  async #within<T>(
    timeoutMs: number,
    conn: Conn,
    lack: string,
    act: () => Promise<T>,
  ): Promise<T> {
    this.#waiting.add(conn);
    let isLate = false;
    const cancel = startTimer(timeoutMs || Infinity, () => {
      isLate = true;
      conn.abort();
    });
    try {
      const arrived = await act();
      // What this side has dropped has not arrived, whatever it looks like.
      if (!conn.closed) return arrived;
      throw new Error("the connection was dropped");
    } catch (error) {
      if (!isLate) throw error;
      throw new ArrivalTimeout(`${lack} within ${timeoutMs} ms`);
    } finally {
      cancel();
      this.#waiting.delete(conn);
    }
  }
}

/** A header or a handshake that takes too long. */
export class ArrivalTimeout extends Error {
  override name = "ArrivalTimeout";
}

const READ_SIZE = 512;

async function readHeader(
  conn: Conn,
  mode: ProxyOptions["mode"],
): Promise<NetAddr | undefined> {
  let bytes = new Uint8Array();
  for (;;) {
    const buffer = new Uint8Array(READ_SIZE);
    const read = await conn.read(buffer);
    // Who leaves without a word has no header to lack: such are health checks.
    const isOver = read === null && (mode === "optional" || bytes.length === 0);
    if (read === null && !isOver) {
      throw new ProxyHeaderError("the stream ended within its PROXY header");
    }
    bytes = concat(bytes, buffer.subarray(0, read ?? 0));
    const header = parseProxyHeader(bytes);
    if (header.state === "more" && !isOver) continue;
    if (header.state === "header") {
      conn.unread(bytes.subarray(header.length));
      return header.client && { transport: "tcp", ...header.client };
    }
    if (mode === "require" && !isOver) {
      throw new ProxyHeaderError("expected a PROXY header, found none");
    }
    conn.unread(bytes);
    return undefined;
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
