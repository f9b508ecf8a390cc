/**
 * A client of WebSockets, which Deno and Bun both have.
 *
 * @module
 */

import type { EchoServer } from "../../mod.ts";
import { inTime } from "./client.ts";

/** A message. */
export type Message = string | Uint8Array<ArrayBuffer>;

/** A WebSocket that keeps what it receives until somebody asks. */
export class Socket {
  /** The code and the reason with which it is closed. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
  #socket: WebSocket;
  #received: Message[] = [];
  #wake = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      this.#received.push(
        typeof data === "string" ? data : new Uint8Array(data),
      );
      this.#wake.resolve();
    });
    const closed = new Promise<readonly [number, string]>((resolve) =>
      socket.addEventListener(
        "close",
        // Deno says 0 of one that was reset.
        ({ code, reason }) => resolve([code || 1006, reason]),
      )
    );
    this.closed = inTime(closed, "the close");
    this.closed.catch(() => {});
  }

  /** Opens one. */
  static async open({ url }: EchoServer, path = "/"): Promise<Socket> {
    const socket = new WebSocket(`${url.replace("http", "ws")}${path}`);
    const client = new Socket(socket);
    await inTime(
      new Promise((resolve, reject) => {
        socket.addEventListener("open", resolve);
        socket.addEventListener("error", reject);
      }),
      "a WebSocket",
    );
    return client;
  }

  /** Sends a message. */
  send(message: Message): void {
    this.#socket.send(message);
  }

  /** Sends a message, and gives back the next that comes. */
  async echo(message: Message): Promise<Message> {
    this.send(message);
    return (await this.receive(1))[0];
  }

  /** The next messages. */
  async receive(count: number): Promise<Message[]> {
    const wait = async () => {
      while (this.#received.length < count) {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    };
    await inTime(wait(), `${count} messages`);
    return this.#received.splice(0, count);
  }

  /** Closes it, and gives back how it was closed. */
  async close(
    code?: number,
    reason?: string,
  ): Promise<readonly [code: number, reason: string]> {
    this.#socket.close(code, reason);
    return await this.closed;
  }
}
