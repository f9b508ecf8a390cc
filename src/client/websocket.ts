/**
 * The client of WebSockets.
 *
 * @module
 */

import type { ClientStream } from "../host.ts";
import { Answer } from "./answer.ts";
import type { ClientOptions, EchoClient, Message } from "./client.ts";
import { closed, ExchangeError, failureOf, tooMany } from "./failure.ts";
import { inTime } from "./in_time.ts";
import type { NetTarget } from "./target.ts";

// RFC 6455, section 7.4.1: a connection that ended without a closing handshake.
const NO_CLOSE = 1006;

class WebSocketClient implements EchoClient {
  failure?: ExchangeError;
  readonly opened: Promise<void>;
  #socket: WebSocket;
  #timeoutMs: number;
  #answer?: Answer;

  constructor(socket: WebSocket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
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
      this.#fail(failure);
    };
    socket.onclose = ({ code, reason }) => {
      const failure = this.#closing(code, reason);
      reject(failure);
      this.#fail(failure);
    };
  }

  async exchange({ bytes }: Message): Promise<void> {
    if (this.failure) throw this.failure;
    const answer = new Answer(bytes, this.#timeoutMs);
    this.#answer = answer;
    this.#socket.send(bytes);
    try {
      await answer.whole;
      this.#answer = undefined;
    } catch (error) {
      this.#fail(error as ExchangeError);
      throw error;
    }
  }

  #take(bytes: Uint8Array): void {
    const answer = this.#answer;
    if (!answer) return this.#fail(tooMany(bytes.length, 0));
    answer.take(bytes);
    if (answer.isWhole) answer.succeed();
    // A message is whole, or it is wrong.
    else answer.fail(tooFew(bytes.length, answer.length));
  }

  #closing(code: number, reason: string): ExchangeError {
    if (code === NO_CLOSE || code === 0) {
      return closed(this.#answer?.received, this.#answer?.length);
    }
    const words = [code, ...reason ? [reason] : []].join(": ");
    const message = `the server has closed the WebSocket (${words})`;
    return new ExchangeError("closed", message);
  }

  #fail(failure: ExchangeError): void {
    this.failure ??= failure;
    this.#answer?.fail(failure);
    this.close();
  }

  close(): void {
    this.failure ??= closed();
    const { readyState } = this.#socket;
    if (readyState === WebSocket.OPEN || readyState === WebSocket.CONNECTING) {
      this.#socket.close();
    }
  }
}

function tooFew(received: number, expected: number): ExchangeError {
  return new ExchangeError(
    "wrong-bytes",
    `a message of ${expected} bytes has come back with ${received}`,
  );
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
