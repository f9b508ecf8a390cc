/**
 * The client of WebSockets.
 *
 * @module
 */

import type { ClientStream } from "../host.ts";
import type { ClientOptions, EchoClient } from "./client.ts";
import { ConnectedClient } from "./connection.ts";
import {
  closed,
  ExchangeError,
  failureOf,
  tooFew,
  tooMany,
} from "./failure.ts";
import { inTime } from "./in_time.ts";
import type { NetTarget } from "./target.ts";

// RFC 6455, section 7.4.1: a connection that ended without a closing handshake.
const NO_CLOSE = 1006;

class WebSocketClient extends ConnectedClient {
  readonly opened: Promise<void>;
  #socket: WebSocket;

  constructor(socket: WebSocket, timeoutMs: number) {
    super(timeoutMs);
    this.#socket = socket;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => resolve();
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      const bytes = typeof data === "string"
        ? new TextEncoder().encode(data)
        : new Uint8Array(data);
      this.#take(bytes);
    };
    socket.onerror = (event) => {
      const { error, message } = event as ErrorEvent;
      const failure = failureOf(error ?? new Error(message));
      reject(failure);
      this.fail(failure);
    };
    socket.onclose = ({ code, reason }) => {
      const failure = this.#closing(code, reason);
      reject(failure);
      this.fail(failure);
    };
  }

  protected send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes);
  }

  #take(bytes: Uint8Array): void {
    const answer = this.waiting;
    if (!answer) return this.fail(tooMany(bytes.length, 0));
    answer.take(bytes);
    if (answer.isWhole) answer.succeed();
    // A message is whole, or it is wrong.
    else answer.fail(tooFew("a message", bytes.length, answer.length));
  }

  #closing(code: number, reason: string): ExchangeError {
    if (code === NO_CLOSE || code === 0) {
      return closed(this.waiting?.received, this.waiting?.length);
    }
    const words = [code, ...reason ? [reason] : []].join(": ");
    const message = `the server has closed the WebSocket (${words})`;
    return new ExchangeError("closed", message);
  }

  protected hangUp(): void {
    const { readyState } = this.#socket;
    if (readyState === WebSocket.OPEN || readyState === WebSocket.CONNECTING) {
      this.#socket.close();
    }
  }
}

/**
 * Opens a WebSocket.
 *
 * @param target where the server is.
 * @param options how.
 * @returns the client.
 * @throws {ExchangeError} if it cannot be opened.
 */
export async function openWebSocketClient(
  target: NetTarget,
  options: ClientOptions,
): Promise<EchoClient> {
  const { runtime, ca, timeoutMs } = options;
  const socket = runtime.openWebSocket(target.url, { ca });
  const client = new WebSocketClient(socket, timeoutMs);
  try {
    await inTime(client.opened, timeoutMs, () => client.close());
    return client;
  } catch (error) {
    client.close();
    throw await reasonOf(target, options, error as ExchangeError);
  }
}

// The WebSockets of runtimes tell little of why they were not opened, and Deno's
// tell of another try than the first; a connection alone tells more.
async function reasonOf(
  { addr }: NetTarget,
  { runtime, ca, timeoutMs }: ClientOptions,
  failure: ExchangeError,
): Promise<ExchangeError> {
  if (failure.kind === "timeout") return failure;
  const transport = addr.transport === "https" ? "tls" : "tcp";
  const nobody = { onData: () => {}, onDrain: () => {}, onEnd: () => {} };
  try {
    const opening = runtime.openStream({ ...addr, transport }, nobody, { ca });
    const close = (stream: ClientStream) => stream.close();
    close(await inTime(opening, timeoutMs, close));
    return failure;
  } catch (error) {
    return error as ExchangeError;
  }
}
