/**
 * UDP over `node:dgram`, the same on both runtimes and slower than what each
 * has of its own: on Deno it needs no unstable flag; on Bun it can set the
 * receive buffer.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type {
  DatagramHandler,
  DatagramOptions,
  DatagramSocket,
  NetAddr,
} from "../../net.ts";
import {
  BoundedDatagramSocket,
  isOfEarlier,
  udpAddr,
} from "../datagram_sends.ts";

class NodeDatagramSocket extends BoundedDatagramSocket {
  readonly addr: NetAddr;
  #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    const { address, port } = socket.address();
    this.addr = udpAddr(address, port);
  }

  override start(handler: DatagramHandler): void {
    super.start(handler);
    this.#socket.on("message", (data, { address, port }) => {
      handler.onDatagram(data, udpAddr(address, port));
    });
    // Bun reports here, too, that a client had left before its answer came.
    this.#socket.on("error", (error) => {
      if (!isOfEarlier(error)) handler.onError(error);
    });
  }

  protected transmit(data: Uint8Array, target: NetAddr): void {
    const { hostname, port } = target;
    this.#socket.send(data, port, hostname, (error) => {
      // On Bun, what became of an earlier answer fails one that has nothing to do
      // with it; what fails again is about the answer itself.
      if (!isOfEarlier(error) || this.isClosed) {
        return this.finish(data, target, error ?? undefined);
      }
      this.#socket.send(data, port, hostname, (again) => {
        this.finish(data, target, again ?? undefined);
      });
    });
  }

  protected release(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(resolve));
  }
}

/**
 * Opens a socket for datagrams.
 *
 * @param addr where; port 0 takes any free port.
 * @param options the size of the receive buffer.
 * @returns the socket, which knows its real port.
 * @throws the error of `node:dgram`, whose `code` is such as `EADDRINUSE`.
 */
export function bind(
  { hostname, port }: NetAddr,
  { receiveBuffer }: DatagramOptions,
): Promise<DatagramSocket> {
  const type = isIPv6(hostname) ? "udp6" : "udp4";
  const socket = createSocket({ type, recvBufferSize: receiveBuffer });
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      reject(error);
      socket.close();
    };
    socket.once("error", onError);
    socket.bind(port, hostname, () => {
      socket.off("error", onError);
      resolve(new NodeDatagramSocket(socket));
    });
  });
}
