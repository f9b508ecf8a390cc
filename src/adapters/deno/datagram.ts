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
const SLAB_SIZE = 128 * 1024;
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
    // Datagrams lie one after the other in it, so that each may be kept and
    // none has a buffer of the longest for itself.
    let slab = new Uint8Array(SLAB_SIZE);
    let from = 0;
    while (!this.isClosed) {
      if (SLAB_SIZE - from < LONGEST_DATAGRAM) {
        slab = new Uint8Array(SLAB_SIZE);
        from = 0;
      }
      let received: [data: Uint8Array, source: Deno.Addr];
      try {
        received = await this.#socket.receive(slab.subarray(from));
      } catch (error) {
        await this.#recover(error, handler);
        continue;
      }
      const [data, source] = received;
      from += data.length;
      const { hostname, port } = source as Deno.NetAddr;
      handler.onDatagram(data, udpAddr(hostname, port));
    }
  }

  async #recover(error: unknown, handler: DatagramHandler): Promise<void> {
    if (this.isClosed || isOfEarlier(error)) return;
    handler.onError(error);
    if (this.isClosed) return;
    await this.#pauses.pause(RETRY_MS);
  }

  protected transmit(
    data: Uint8Array,
    { hostname, port }: NetAddr,
    done: (error?: unknown) => void,
  ): void {
    const target = { transport: "udp", hostname, port } as const;
    this.#socket.send(data, target).then(() => done(), done);
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
