/**
 * Streams over TLS that this program opens, over `node:tls`, the same on both
 * runtimes. A certificate that is not trusted, or stands for another name, is
 * an error.
 *
 * @module
 */

import type { Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { ClientStream, StreamSink, Trust } from "../../host.ts";
import type { NetAddr } from "../../net.ts";

class TlsStream implements ClientStream {
  #socket: TLSSocket;
  #closed = false;

  constructor(socket: TLSSocket, sink: StreamSink) {
    this.#socket = socket;
    let failure: Error | undefined;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Uint8Array) => {
      if (!this.#closed) sink.onData(chunk);
    });
    socket.on("drain", () => {
      if (!this.#closed) sink.onDrain();
    });
    socket.on("error", (error) => failure = error);
    const end = () => {
      if (this.#closed) return;
      this.close();
      sink.onEnd(failure);
    };
    socket.on("end", end).on("close", end);
  }

  write(data: Uint8Array): number {
    if (this.#closed || this.#socket.writableNeedDrain) return 0;
    this.#socket.write(data);
    return data.length;
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }
}

/**
 * Connects to a server of TLS.
 *
 * @param addr where it is.
 * @param sink what takes its bytes.
 * @param trust whose certificates are taken.
 * @returns the stream, once the certificate is found good.
 * @throws the error of `node:tls`.
 */
export function openTls(
  { hostname: host, port }: NetAddr,
  sink: StreamSink,
  { ca }: Trust,
): Promise<ClientStream> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket & Pick<Socket, "destroy"> = connect(
      { host, port, ca, rejectUnauthorized: true },
      () => {
        socket.off("error", reject);
        resolve(new TlsStream(socket, sink));
      },
    );
    socket.once("error", reject);
  });
}
