/**
 * TCP on Deno with a real RST, which `node:net` alone can send. An echo over
 * it costs about a sixth more than one over `Deno.listen`.
 *
 * @module
 */

import { createServer, type Server, type Socket } from "node:net";
import type { Addr, Conn, Listener, Room } from "../../net.ts";
import { AcceptQueue } from "../accept_queue.ts";
import { ReceiveQueue } from "../receive_queue.ts";
import { readRoom } from "../room.ts";

class ClosedError extends Error {
  override name = "ClosedError";
}

class ResetConn implements Conn {
  readonly remoteAddr: Addr;
  closed = false;
  #socket: Socket;
  #received = new ReceiveQueue();
  #failure?: Error;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteAddr = tcp(socket.remoteAddress, socket.remotePort);
    socket.setNoDelay(true).setKeepAlive(true);
    socket.on("data", (chunk: Uint8Array) => {
      this.#received.push(chunk);
      socket.pause();
    });
    socket.on("end", () => this.#received.end());
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new ClosedError("closed")));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#received.fail(this.#failure);
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#received.isEmpty) this.#socket.resume();
    return await this.#received.read(buffer);
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

  abort(): void {
    if (this.closed) return;
    this.closed = true;
    this.#socket.resetAndDestroy();
  }
}

// Out of descriptors, this listener stops for good and says nothing. Deno tells
// the limit only to programs that may do everything; for others, as many sockets
// as a low limit would not allow are opened and closed, once a process.
const USUAL_ROOM: Room = { size: 1024 - 64, taken: 0 };
const PROBES = 256;
const SPARE_DESCRIPTORS = 16;
let room: Room | undefined;

function findRoom(): Room {
  const all = ["read", "write", "net", "env", "run", "sys", "ffi"] as const;
  if (all.every((name) => isGranted({ name }))) return readRoom() ?? USUAL_ROOM;
  if (isGranted({ name: "net", host: "127.0.0.1:0" })) return probeRoom();
  return USUAL_ROOM;
}

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

function probeRoom(): Room {
  const probes: Deno.Listener[] = [];
  try {
    while (probes.length < PROBES) {
      probes.push(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
    }
    return USUAL_ROOM;
  } catch {
    // Whatever it is, there is no room for more.
    return { size: Math.max(probes.length - SPARE_DESCRIPTORS, 1), taken: 0 };
  } finally {
    for (const probe of probes) probe.close();
  }
}

class ResetListener implements Listener {
  readonly addr: Addr;
  readonly room: Room = room ??= findRoom();
  #server: Server;
  #queue: AcceptQueue;
  #closed = false;

  constructor(server: Server, queue: AcceptQueue) {
    this.#server = server;
    this.#queue = queue;
    const addr = server.address();
    if (addr === null || typeof addr === "string") {
      throw new TypeError(`Not a TCP address: ${addr}`);
    }
    this.addr = tcp(addr.address, addr.port);
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

function tcp(hostname = "", port = 0): Addr {
  return { transport: "tcp", hostname, port };
}

/**
 * Listens on a TCP address so that `abort` sends RST.
 *
 * @param addr where to listen; port 0 takes any free port.
 * @returns the listener, which knows its real port.
 * @throws the error of `node:net`, whose `code` is such as `EADDRINUSE`.
 */
export function listenWithReset({ hostname, port }: Addr): Promise<Listener> {
  const queue = new AcceptQueue();
  const options = { allowHalfOpen: true, pauseOnConnect: true };
  const server = createServer(options, (socket) => {
    // The peer left between its SYN and accept, and has no name by now.
    if (socket.remoteAddress === undefined) socket.destroy();
    else queue.offer(new ResetConn(socket));
  });
  return new Promise((resolve, reject) => {
    // Before it listens, this is why it does not; later, accept tells.
    server.on("error", (error) => {
      reject(error);
      queue.fail(error);
    });
    server.listen(port, hostname, () => {
      resolve(new ResetListener(server, queue));
    });
  });
}
