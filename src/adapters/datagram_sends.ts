/**
 * What the sockets for datagrams of all adapters share: the count of those that
 * wait to be sent, and the end.
 *
 * @module
 */

import type { DatagramHandler, DatagramSocket, NetAddr } from "../net.ts";

// No runtime bounds what waits to be sent, and Deno's node:dgram keeps 64 KiB
// for each.
const MOST_PENDING = 256;

/** A socket for datagrams that takes no more than can wait to be sent. */
export abstract class BoundedDatagramSocket implements DatagramSocket {
  abstract readonly addr: NetAddr;
  /** Told of what happens, once the socket has started. */
  protected handler?: DatagramHandler;
  #pending = 0;
  #closed?: Promise<void>;
  #drained?: PromiseWithResolvers<void>;

  /** Whether this side has closed it. */
  protected get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  start(handler: DatagramHandler): void {
    this.handler = handler;
  }

  send(data: Uint8Array, target: NetAddr): boolean {
    if (this.#closed || this.#pending >= MOST_PENDING) return false;
    this.#pending++;
    this.transmit(data, target);
    return true;
  }

  async drain(): Promise<void> {
    if (!this.#closed) await this.sent;
    await this.close();
  }

  close(): Promise<void> {
    // Sends that are dropped by this have nobody who would call back.
    return this.#closed ??= this.release().finally(() => this.#endWait());
  }

  #endWait(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  /** How many wait to be sent. */
  protected get pending(): number {
    return this.#pending;
  }

  /** Tells what became of a datagram. */
  protected finish(data: Uint8Array, target: NetAddr, error?: unknown): void {
    this.#pending--;
    this.handler?.onSent(data, target, error);
    if (this.#pending === 0) this.#endWait();
  }

  /** Settles once nothing waits to be sent any more. */
  protected get sent(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** Sends a datagram, and calls `finish` once it has gone or failed. */
  protected abstract transmit(data: Uint8Array, target: NetAddr): void;

  /** Closes the socket of the runtime; settles when the port is free. */
  protected abstract release(): Promise<void>;
}

/** An address of datagrams. */
export function udpAddr(hostname: string, port: number): NetAddr {
  return { transport: "udp", hostname, port };
}

// What the ways to a client can answer (icmp(7), and its part in ip(7)); Windows
// says ECONNRESET of a port that is closed, ENETRESET of a way that is too long.
const LEFT = new Set([
  ...["ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "EPROTO"],
  ...["ENOPROTOOPT", "EMSGSIZE", "ECONNRESET", "ENETRESET"],
]);

/** Whether an error says that an earlier answer has not come to its client. */
export function isOfEarlier(error: unknown): boolean {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" && LEFT.has(code);
}
