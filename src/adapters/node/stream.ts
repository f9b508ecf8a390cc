/**
 * TCP over `node:net`, which both runtimes have. It sends a real RST, which
 * `Deno.listen` cannot, and carries TLS. On Deno an echo over it costs about a
 * sixth more than one over `Deno.listen`.
 *
 * @module
 */

import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import type { TLSSocket } from "node:tls";
import type {
  Addr,
  Conn,
  Listener,
  NetAddr,
  Room,
  TlsOptions,
  TlsSession,
} from "../../net.ts";
import { AcceptQueue } from "../accept_queue.ts";
import { ClosedError } from "../closed_error.ts";
import { ReceiveQueue } from "../receive_queue.ts";
import { ResetError } from "../reset_error.ts";
import { type FindFlow, type Flow, TlsUpgrade } from "./tls.ts";

/** A connection of `node:net`, in the clear at first. */
export class NodeConn implements Conn {
  readonly remoteAddr: Addr;
  readonly startTls?: () => Promise<TlsSession>;
  closed = false;
  #raw: Socket;
  #socket: Socket;
  #flow: Flow;
  #received = new ReceiveQueue();
  #failure?: Error;

  constructor(socket: Socket, tls?: TlsUpgrade) {
    this.#raw = socket;
    this.#socket = socket;
    this.#flow = socket;
    this.remoteAddr = {
      transport: tls ? "tls" : "tcp",
      hostname: socket.remoteAddress ?? "",
      port: socket.remotePort ?? 0,
    };
    if (tls) this.startTls = () => this.#startTls(tls);
    socket.setNoDelay(true).setKeepAlive(true);
    socket.on("error", this.#onError).on("close", this.#onClose);
    this.#attach();
  }

  #onData = (chunk: Uint8Array) => {
    this.#received.push(chunk);
    this.#flow.pause();
  };
  #onEnd = () => {
    if (this.#flow.wasReset?.()) this.#fail(new ResetError());
    else this.#received.end();
  };
  #onError = (error: Error) => this.#fail(error);
  #onClose = () => this.#fail(new ClosedError());

  #attach(): void {
    this.#socket.on("data", this.#onData).on("end", this.#onEnd);
  }

  async #startTls(tls: TlsUpgrade): Promise<TlsSession> {
    const raw = this.#raw;
    raw.off("data", this.#onData).off("end", this.#onEnd).pause();
    for (const chunk of this.#received.takeAll().reverse()) raw.unshift(chunk);
    let session: TlsSession = { protocol: "TLS" };
    await tls.secure(raw, ({ socket, flow }) => {
      this.#socket = socket;
      this.#flow = flow;
      raw.off("close", this.#onClose);
      socket.setNoDelay(true);
      socket.on("error", this.#onError).on("close", this.#onClose);
      this.#attach();
      session = sessionOf(socket);
    });
    return session;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#received.fail(this.#failure);
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#received.isEmpty) this.#flow.resume();
    return await this.#received.read(buffer);
  }

  unread(data: Uint8Array): void {
    this.#received.unshift(data);
  }

  write(data: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(data, (error) => {
        if (error) reject(this.#failure ?? error);
        else resolve(data.length);
      });
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#socket.end(() => resolve());
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#socket.destroy();
  }

  // What is over the socket is told of its end by the socket.
  abort(): void {
    if (this.closed) return;
    this.closed = true;
    this.#raw.resetAndDestroy();
  }
}

function sessionOf(socket: TLSSocket): TlsSession {
  const protocol = socket.getProtocol() ?? "TLS";
  return { protocol, alpn: socket.alpnProtocol || undefined };
}

class NodeListener implements Listener {
  readonly addr: Addr;
  readonly room?: Room;
  #server: Server;
  #queue: AcceptQueue;
  #closed = false;

  constructor(addr: Addr, server: Server, queue: AcceptQueue, room?: Room) {
    this.addr = addr;
    this.room = room;
    this.#server = server;
    this.#queue = queue;
  }

  accept(): Promise<Conn | null> {
    return this.#queue.accept();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server.close();
    this.#queue.close();
  }
}

/** How a listener of `node:net` is opened. */
export interface NodeListenOptions {
  /** What TLS needs. */
  readonly tls?: TlsOptions;
  /** Finds what brings the bytes of TLS, where TLS sockets do not say. */
  readonly findFlow?: FindFlow;
  /** The room that the process has. */
  readonly room?: Room;
  /** Whether other threads listen there, too; on Linux alone. */
  readonly shares?: boolean;
}

/**
 * Listens for TCP, or for TLS over it; here `abort` always sends RST.
 *
 * @param addr where to listen; port 0 takes any free port.
 * @param options what TLS needs, and what the runtime has to say.
 * @returns the listener, which knows its real port.
 * @throws the error of `node:net`, whose `code` is such as `EADDRINUSE`.
 */
export function listenOnNode(
  { transport, hostname, port }: NetAddr,
  { tls, room, findFlow, shares = false }: NodeListenOptions,
): Promise<Listener> {
  const queue = new AcceptQueue();
  const upgrade = tls && new TlsUpgrade(tls, findFlow);
  const options = { allowHalfOpen: true, pauseOnConnect: true };
  const server = createServer(options, (socket) => {
    // The peer left between its SYN and accept, and has no name by now.
    if (socket.remoteAddress === undefined) socket.destroy();
    else queue.offer(new NodeConn(socket, upgrade));
  });
  return new Promise((resolve, reject) => {
    // Before it listens, this is why it does not; later, accept tells.
    server.on("error", (error) => {
      reject(error);
      queue.fail(error);
    });
    // Not in the types yet; Node has it since version 23.1.
    const where = { port, host: hostname, reusePort: shares };
    server.listen(where, () => {
      const { address, port } = server.address() as AddressInfo;
      const addr = { transport, hostname: address, port };
      resolve(new NodeListener(addr, server, queue, room));
    });
  });
}
