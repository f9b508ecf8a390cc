/**
 * A client for datagrams.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { soon } from "./server_process.ts";

/** A datagram, and where it came from. */
export interface Answer {
  /** Its bytes. */
  readonly data: Uint8Array;
  /** The address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

/** A socket that keeps what it receives until somebody asks. */
export class UdpClient implements Disposable {
  /** Its port. */
  readonly port: number;
  #socket: Socket;
  #answers: Answer[] = [];
  #wake = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on("message", (data, { address: hostname, port }) => {
      this.#answers.push({ data: data.slice(), hostname, port });
      this.#wake.resolve();
    });
  }

  /** Opens a socket; port 0 takes any free one. */
  static async bind(hostname = "127.0.0.1", port = 0): Promise<UdpClient> {
    const socket = createSocket(isIPv6(hostname) ? "udp6" : "udp4");
    socket.bind(port, hostname);
    await once(socket, "listening");
    return new UdpClient(socket);
  }

  /** Sends a datagram. */
  send(data: Uint8Array | string, { hostname, port }: URL): Promise<void> {
    const bytes = typeof data === "string"
      ? new TextEncoder().encode(data)
      : data;
    const host = hostname.replace(/[[\]]/g, "");
    return new Promise((resolve, reject) =>
      this.#socket.send(
        bytes,
        Number(port),
        host,
        (error) => error ? reject(error) : resolve(),
      )
    );
  }

  /** The next datagram that has come, or comes. */
  next(): Promise<Answer> {
    const wait = async () => {
      for (;;) {
        const answer = this.#answers.shift();
        if (answer) return answer;
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    };
    return soon(wait(), "an answer");
  }

  /** The next datagram, as text. */
  async nextText(): Promise<string> {
    return new TextDecoder().decode((await this.next()).data);
  }

  /** Sends some text and gives back the next answer. */
  async ask(text: string, url: URL): Promise<string> {
    await this.send(text, url);
    return await this.nextText();
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
