/**
 * UDP on Bun: `Bun.udpSocket`, or `node:dgram` where the receive buffer has a
 * size, which Bun has no other way to set.
 *
 * @module
 */

import type { DatagramOptions, DatagramSocket, NetAddr } from "../../net.ts";
import {
  BoundedDatagramSocket,
  isPortClosed,
  udpAddr,
} from "../datagram_sends.ts";
import { bun, type BunUdpSocket } from "./api.ts";

/** A datagram that waits to be sent. */
interface Waiting {
  readonly data: Uint8Array;
  readonly target: NetAddr;
  readonly done: (error?: unknown) => void;
}

class BunDatagramSocket extends BoundedDatagramSocket {
  // Both are set by `open`, the one way to get such a socket.
  addr!: NetAddr;
  #socket!: BunUdpSocket;
  #waiting: Waiting[] = [];

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

  protected transmit(
    data: Uint8Array,
    target: NetAddr,
    done: (error?: unknown) => void,
  ): void {
    const datagram = { data, target, done };
    const isFirst = this.#waiting.length === 0;
    if (!isFirst || !this.#attempt(datagram)) this.#waiting.push(datagram);
  }

  // Gives back whether no other attempt is needed.
  #attempt({ data, target: { hostname, port }, done }: Waiting): boolean {
    for (let isAgain = false;; isAgain = true) {
      try {
        const isSent = this.#socket.send(data, port, hostname);
        if (isSent) done();
        return isSent;
      } catch (error) {
        // What another client's leaving has left behind fails this send.
        if (!isAgain && isPortClosed(error)) continue;
        done(error);
        return true;
      }
    }
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0 && this.#attempt(this.#waiting[0])) {
      this.#waiting.shift();
    }
  }

  #fail(error: Error & { code?: string }): void {
    // The send that was too long has said so itself.
    if (isPortClosed(error) || error.code === "EMSGSIZE") return;
    this.handler?.onError(error);
  }

  protected release(): Promise<void> {
    this.#waiting = [];
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
