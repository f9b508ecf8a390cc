/**
 * UDP on Deno: `Deno.listenDatagram` where it is enabled and safe; `node:dgram`,
 * which takes three times as much of the processor, where it is not.
 *
 * @module
 */

import type {
  DatagramHandler,
  DatagramOptions,
  DatagramSocket,
  NetAddr,
} from "../../net.ts";
import { Pauses } from "../../timer.ts";
import {
  BoundedDatagramSocket,
  isOfEarlier,
  udpAddr,
} from "../datagram_sends.ts";

// No datagram is longer (RFC 768: its length is a number of 16 bits).
const LONGEST_DATAGRAM = 65_535;
const RETRY_MS = 100;
// Deno.listenDatagram lets its sockets send to broadcast addresses, of which
// loopback has none but its own.
const LOOPBACK = /^(127\.|::1$)/;

class DenoDatagramSocket extends BoundedDatagramSocket {
  readonly addr: NetAddr;
  #socket: Deno.DatagramConn;
  #receiving?: Promise<void>;
  #pauses = new Pauses();

  constructor(socket: Deno.DatagramConn) {
    super();
    this.#socket = socket;
    const { hostname, port } = socket.addr as Deno.NetAddr;
    this.addr = udpAddr(hostname, port);
  }

  override start(handler: DatagramHandler): void {
    super.start(handler);
    this.#receiving = this.#receive(handler);
  }

  async #receive(handler: DatagramHandler): Promise<void> {
    // While one is filled, an answer that is on its way lies in the other. More
    // than one such answer is rare, and gets a buffer of its own.
    let buffer = new Uint8Array(LONGEST_DATAGRAM);
    let spare = new Uint8Array(LONGEST_DATAGRAM);
    while (!this.isClosed) {
      let received: [data: Uint8Array, source: Deno.Addr];
      try {
        received = await this.#socket.receive(buffer);
      } catch (error) {
        await this.#recover(error, handler);
        continue;
      }
      const [data, source] = received;
      const { hostname, port } = source as Deno.NetAddr;
      const before = this.pending;
      handler.onDatagram(data, udpAddr(hostname, port));
      if (this.pending === before) continue;
      const next = before === 0 ? spare : new Uint8Array(LONGEST_DATAGRAM);
      spare = buffer;
      buffer = next;
    }
  }

  async #recover(error: unknown, handler: DatagramHandler): Promise<void> {
    if (this.isClosed || isOfEarlier(error)) return;
    handler.onError(error);
    if (this.isClosed) return;
    await this.#pauses.pause(RETRY_MS);
  }

  protected transmit(data: Uint8Array, target: NetAddr): void {
    this.#socket.send(data, target as Deno.NetAddr).then(
      () => this.finish(data, target),
      (error) => this.finish(data, target, error),
    );
  }

  protected async release(): Promise<void> {
    this.#pauses.end();
    this.#socket.close();
    await this.#receiving;
    // Deno keeps the port until they are gone.
    await this.sent;
  }
}

/**
 * Opens a socket for datagrams.
 *
 * @param addr where; port 0 takes any free port.
 * @param options the size of the receive buffer.
 * @returns the socket, which knows its real port.
 * @throws the error of `Deno.listenDatagram` or `node:dgram`, whose `code` is
 * such as `EADDRINUSE`.
 */
export async function bind(
  addr: NetAddr,
  options: DatagramOptions,
): Promise<DatagramSocket> {
  const { hostname, port } = addr;
  // It is unstable: deno.json enables it, but not for programs that embed this.
  if (!("listenDatagram" in Deno) || !LOOPBACK.test(hostname)) {
    return (await import("../node/datagram.ts")).bind(addr, options);
  }
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port });
  return new DenoDatagramSocket(socket);
}
