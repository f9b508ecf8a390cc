/**
 * UDP on Bun: `Bun.udpSocket`, or `node:dgram` where the receive buffer has a
 * size, which Bun has no other way to set.
 *
 * @module
 */

import type { DatagramOptions, DatagramSocket, NetAddr } from "../../net.ts";
import {
  BoundedDatagramSocket,
  isOfEarlier,
  udpAddr,
} from "../datagram_sends.ts";
import { bun, type BunUdpSocket } from "./api.ts";

// Not every version tells of room for what was not taken.
const RETRY_MS = 10;
const NO_ROOM = Symbol("no room");

/** A datagram that waits to be sent. */
interface Waiting {
  readonly data: Uint8Array;
  readonly target: NetAddr;
}

class BunDatagramSocket extends BoundedDatagramSocket {
  // Both are set by `open`, the one way to get such a socket.
  addr!: NetAddr;
  #socket!: BunUdpSocket;
  #waiting: Waiting[] = [];
  #retry?: ReturnType<typeof setTimeout>;

  private constructor() {
    super();
  }

  static async open({ hostname, port }: NetAddr): Promise<DatagramSocket> {
    const opened = new BunDatagramSocket();
    const socket = await bun.udpSocket({
      ...{ hostname, port },
      binaryType: "uint8array",
      socket: {
        data: (_, data, port, address) =>
          opened.handler?.onDatagram(data, udpAddr(address, port)),
        drain: () => opened.#sendWaiting(),
        error: (error) => opened.#fail(error),
      },
    });
    opened.#socket = socket;
    opened.addr = udpAddr(socket.address.address, socket.address.port);
    return opened;
  }

  protected transmit(data: Uint8Array, target: NetAddr): void {
    const datagram = { data, target };
    if (this.#waiting.length > 0 || !this.#attempt(datagram)) {
      this.#waiting.push(datagram);
      this.#retry ??= setTimeout(() => this.#sendWaiting(), RETRY_MS);
    }
  }

  // Gives back whether no other attempt is needed.
  #attempt(datagram: Waiting): boolean {
    let failure = this.#send(datagram);
    // What became of an earlier answer may fail one that has nothing to do with
    // it; what fails again is about the answer itself.
    if (failure && failure !== NO_ROOM) failure = this.#send(datagram);
    if (failure === NO_ROOM) return false;
    this.finish(datagram.data, datagram.target, failure);
    return true;
  }

  // Gives back why it was not sent.
  #send({ data, target: { hostname, port } }: Waiting): unknown {
    try {
      return this.#socket.send(data, port, hostname) ? undefined : NO_ROOM;
    } catch (error) {
      const { code } = error as { code?: unknown };
      return code === "EAGAIN" || code === "ENOBUFS" ? NO_ROOM : error;
    }
  }

  #sendWaiting(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    while (this.#waiting.length > 0 && this.#attempt(this.#waiting[0])) {
      this.#waiting.shift();
    }
    if (this.#waiting.length === 0) return;
    this.#retry = setTimeout(() => this.#sendWaiting(), RETRY_MS);
  }

  #fail(error: Error & { errqueue?: boolean }): void {
    // Of an answer that did not come to its client, the system tells here.
    if (!error.errqueue && !isOfEarlier(error)) this.handler?.onError(error);
  }

  protected release(): Promise<void> {
    this.#waiting = [];
    clearTimeout(this.#retry);
    this.#socket.close();
    return Promise.resolve();
  }
}

/**
 * Opens a socket for datagrams.
 *
 * @param addr where; port 0 takes any free port.
 * @param options the size of the receive buffer.
 * @returns the socket, which knows its real port.
 * @throws the error of `Bun.udpSocket` or `node:dgram`, whose `code` is such as
 * `EADDRINUSE`.
 */
export async function bind(
  addr: NetAddr,
  options: DatagramOptions,
): Promise<DatagramSocket> {
  if (options.receiveBuffer === undefined) {
    return await BunDatagramSocket.open(addr);
  }
  return (await import("../node/datagram.ts")).bind(addr, options);
}
