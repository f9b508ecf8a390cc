/**
 * A client over `node:net`, which Deno and Bun both have.
 *
 * @module
 */

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { type Addr, serveEcho } from "../../mod.ts";

/** Cases by name; each runs on every runtime. */
export type Cases = Readonly<Record<string, () => Promise<void>>>;

/** How a connection was over for its client. */
export type End = "FIN" | "RST";

// Far longer than anything here takes, so that only a hang gets this far.
const PATIENCE_MS = 10_000;

/** A client that keeps what it receives. */
export class Client implements AsyncDisposable {
  /** Settles when the server has ended the connection. */
  readonly ended: Promise<End>;
  #socket: Socket;
  #received = "";
  #end?: End;
  #gone: Promise<void>;
  #changed = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<End>();
    this.ended = promise;
    const end = (end: End) => {
      this.#end ??= end;
      resolve(this.#end);
      this.#notify();
    };
    socket.on("data", (chunk: Uint8Array) => {
      this.#received += new TextDecoder().decode(chunk);
      this.#notify();
    });
    socket.on("end", () => end("FIN"));
    socket.on("error", ({ code }: Error & { code?: string }) => {
      if (code === "ECONNRESET") end("RST");
    });
    this.#gone = new Promise((resolve) =>
      socket.once("close", () => resolve())
    );
  }

  /** Connects to a port of loopback. */
  static async connect(port: number): Promise<Client> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const client = new Client(socket);
    await inTime(
      new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve).once("error", reject);
      }),
      "connect",
    );
    return client;
  }

  /** This end's port. */
  get port(): number {
    return this.#socket.localPort ?? 0;
  }

  /** Everything received so far, which has to be ASCII. */
  get received(): string {
    return this.#received;
  }

  /** Sends something. */
  send(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** Ends the stream, with FIN. */
  finish(): void {
    this.#socket.end();
  }

  /** Reads no more from now on. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  /** Drops the connection, with RST. */
  async reset(): Promise<void> {
    this.#socket.resetAndDestroy();
    await inTime(this.#gone, "reset");
  }

  /** Waits until so many bytes are here, and gives all of them back. */
  async receive(length: number): Promise<string> {
    const arrival = async () => {
      while (this.#received.length < length) {
        assert(!this.#end, `${this.#end} after ${this.#received.length} bytes`);
        await this.#changed.promise;
      }
    };
    await inTime(arrival(), `${length} bytes`);
    return this.#received;
  }

  /** Sends something and makes sure that it comes back. */
  async echoes(text: string): Promise<void> {
    const expected = this.#received + text;
    this.send(text);
    assert.equal(await this.receive(expected.length), expected);
  }

  /** Waits for the end. */
  async end(): Promise<End> {
    return await inTime(this.ended, "end");
  }

  /** Leaves, if it is still there. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await inTime(this.#gone, "close");
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Whether nobody listens on a port of loopback. */
export async function isRefused(port: number): Promise<boolean> {
  try {
    await using _ = await Client.connect(port);
    return false;
  } catch {
    return true;
  }
}

/** A port that nobody uses, in all likelihood. */
export async function freePort(): Promise<number> {
  await using server = await serveEcho();
  return server.port;
}

/** Rejects if a promise takes longer than anything reasonable. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`${what}: not within ${PATIENCE_MS} ms`);
    timer = setTimeout(() => reject(error), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The port of an address that has one. */
export function portOf(addr: Addr): number {
  assert(addr.transport !== "unix");
  return addr.port;
}
