/**
 * A UDP client over `node:dgram`, which Deno and Bun both have.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { EchoServer } from "../../mod.ts";
import { inTime, portOf } from "./client.ts";

/** A client of a server's first listener, which keeps what it receives. */
export class DatagramClient implements AsyncDisposable {
  /** The datagrams that have come, in order. */
  readonly received: Uint8Array[] = [];
  #socket: Socket;
  #port: number;
  #host: string;
  #closed: Promise<void>;
  #changed = Promise.withResolvers<void>();

  private constructor(socket: Socket, host: string, port: number) {
    this.#socket = socket;
    this.#host = host;
    this.#port = port;
    this.#closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("message", (data) => {
      this.received.push(new Uint8Array(data));
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
    // Bun tells so that the server has gone.
    socket.on("error", () => {});
  }

  /** Opens a client. */
  static async open({ addrs: [addr] }: EchoServer): Promise<DatagramClient> {
    const host = "hostname" in addr ? addr.hostname : "";
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    const bound = new Promise<void>((resolve, reject) => {
      socket.once("listening", resolve).once("error", reject);
    });
    socket.bind(0, host);
    await inTime(bound, "bind");
    return new DatagramClient(socket, host, portOf(addr));
  }

  /** This end's port. */
  get port(): number {
    return this.#socket.address().port;
  }

  /** What has come, as texts. */
  get texts(): string[] {
    return this.received.map((data) => new TextDecoder().decode(data));
  }

  /** Sends datagrams, one after the other. */
  async send(...all: (string | Uint8Array)[]): Promise<void> {
    for (const data of all) {
      const bytes = typeof data === "string"
        ? new TextEncoder().encode(data)
        : data;
      await new Promise<void>((resolve) =>
        this.#socket.send(bytes, this.#port, this.#host, () => resolve())
      );
    }
  }

  /** Waits until so many datagrams have come, and gives back their texts. */
  async receive(count: number): Promise<string[]> {
    const arrival = async () => {
      while (this.received.length < count) await this.#changed.promise;
    };
    await inTime(arrival(), `${count} datagrams, not ${this.texts}`);
    return this.texts;
  }

  /** Leaves. */
  async leave(): Promise<void> {
    this.#socket.close();
    await inTime(this.#closed, "close");
  }

  /** Leaves. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }
}
