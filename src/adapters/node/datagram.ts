/**
 * UDP over `node:dgram`, the same on both runtimes. On Deno it needs no
 * unstable flag; on Bun it can set the receive buffer, unlike `Bun.udpSocket`.
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

// Neither runtime bounds what waits to be sent, and Deno keeps 64 KiB for each.
const MOST_PENDING = 256;

class NodeDatagramSocket implements DatagramSocket {
  readonly addr: NetAddr;
  #socket: Socket;
  #handler?: DatagramHandler;
  #pending = 0;
  #closed?: Promise<void>;
  #drained?: PromiseWithResolvers<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.addr = udp(address, port);
  }

  start(handler: DatagramHandler): void {
    this.#handler = handler;
    this.#socket.on("message", (data, { address, port }) => {
      handler.onDatagram(data, udp(address, port));
    });
    // Bun reports here, too, that a client had left before its answer came.
    this.#socket.on("error", (error) => {
      if (!isRefused(error)) handler.onError(error);
    });
  }

  send(data: Uint8Array, target: NetAddr): boolean {
    if (this.#closed || this.#pending >= MOST_PENDING) return false;
    this.#pending++;
    this.#send(data, target, (error) => {
      this.#pending--;
      this.#handler?.onSent(data, target, error ?? undefined);
      if (this.#pending === 0) this.#drained?.resolve();
    });
    return true;
  }

  #send(
    data: Uint8Array,
    target: NetAddr,
    done: (error: Error | null) => void,
  ): void {
    const { hostname, port } = target;
    this.#socket.send(data, port, hostname, (error) => {
      // On Bun, what another client's leaving has left behind fails this send.
      if (!isRefused(error) || this.#closed) return done(error);
      this.#socket.send(data, port, hostname, done);
    });
  }

  async drain(): Promise<void> {
    if (this.#pending > 0 && !this.#closed) {
      this.#drained ??= Promise.withResolvers();
      await this.#drained.promise;
    }
    await this.close();
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#socket.close(resolve));
    // Sends that are dropped by this have nobody who would call back.
    this.#drained?.resolve();
    return this.#closed;
  }
}

function isRefused(error: (Error & { code?: string }) | null): boolean {
  return error?.code === "ECONNREFUSED";
}

function udp(hostname: string, port: number): NetAddr {
  return { transport: "udp", hostname, port };
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
