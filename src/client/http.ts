/**
 * The client of HTTP and HTTPS: one connection, which is kept alive.
 *
 * @module
 */

import { type IncomingMessage, request } from "node:http";
import { Answer } from "./answer.ts";
import type { ClientOptions, EchoClient, Message } from "./client.ts";
import { closed, ExchangeError, failureOf, tooFew } from "./failure.ts";
import { connectionTo } from "./http_connection.ts";
import type { NetTarget } from "./target.ts";

const OK = 200;

type HttpClientOptions = Pick<ClientOptions, "ca" | "timeoutMs">;

class HttpClient implements EchoClient {
  failure?: ExchangeError;
  #connection: ReturnType<typeof connectionTo>;
  #timeoutMs: number;

  constructor(target: NetTarget, options: HttpClientOptions) {
    this.#connection = connectionTo(target, options);
    this.#timeoutMs = options.timeoutMs;
  }

  async exchange({ bytes }: Message): Promise<void> {
    if (this.failure) throw this.failure;
    const answer = new Answer(bytes, this.#timeoutMs);
    const asking = request({
      ...this.#connection,
      method: "POST",
      headers: {
        ...this.#connection.headers,
        "content-type": "application/octet-stream",
        "content-length": bytes.length,
      },
    }, (response) => takeResponse(response, answer));
    asking.on("error", (error) => answer.fail(failureOf(error)));
    asking.end(bytes);
    try {
      await answer.whole;
    } catch (error) {
      this.failure = error as ExchangeError;
      asking.destroy();
      this.close();
      throw error;
    }
  }

  close(): void {
    this.failure ??= closed();
    this.#connection.agent.destroy();
  }
}

function takeResponse(response: IncomingMessage, answer: Answer): void {
  const { statusCode } = response;
  if (statusCode !== OK) {
    response.resume();
    answer.fail(new ExchangeError("status", `HTTP status ${statusCode}`));
    return;
  }
  const isCut = () => closed(answer.received, answer.length);
  response.on("data", (chunk: Uint8Array) => answer.take(chunk));
  response.on("end", () => {
    if (answer.isWhole) answer.succeed();
    // An answer is whole, or it is wrong.
    else if (isEnd(response, answer.received)) {
      answer.fail(tooFew("an answer", answer.received, answer.length));
    } else answer.fail(isCut());
  });
  // Whatever else a runtime calls it, an answer has begun and not ended.
  response.on("error", () => answer.fail(isCut()));
  response.on("close", () => answer.fail(isCut()));
}

// Whether the server has said all that it had to say.
function isEnd({ headers, complete }: IncomingMessage, received: number) {
  const length = headers["content-length"];
  return length === undefined ? complete : Number(length) === received;
}

/**
 * Makes a client of HTTP; its connection is opened with the first message.
 *
 * @param target where the server is.
 * @param options whom to trust, and how long an answer may take.
 */
export function openHttpClient(
  target: NetTarget,
  options: HttpClientOptions,
): EchoClient {
  return new HttpClient(target, options);
}
