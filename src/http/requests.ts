/**
 * The requests that a server has answered, for those who want to look at them.
 *
 * @module
 */

import type { Recording } from "../recording.ts";
import { Latest } from "../latest.ts";
import type { WaitOptions } from "../wait.ts";

/**
 * A request was answered, or a WebSocket is over.
 *
 * @example In a listener of records
 * ```ts
 * import { type RequestRecord, serveEcho } from "@echod/echod";
 *
 * const seen: RequestRecord[] = [];
 * await using server = await serveEcho({
 *   listen: "http://127.0.0.1:0",
 *   onRecord: (record) => {
 *     if (record.event === "request") seen.push(record);
 *   },
 * });
 * await (await fetch(`${server.url}/path`)).text();
 * console.log(seen.length);
 * ```
 */
export interface RequestRecord {
  /** What happened. */
  readonly event: "request";
  /** The number of its connection. */
  readonly id: number;
  /** The peer's `HOST:PORT`. */
  readonly peer: string;
  /** The client's `HOST:PORT`, where the peer is a proxy that tells it. */
  readonly client?: string;
  /** The method, such as `GET`. */
  readonly method: string;
  /** The path without the query, which may hold secrets. */
  readonly path: string;
  /** The status of the answer; 101 for a WebSocket, 0 for none. */
  readonly status: number;
  /** Bytes of its body, or of all messages. */
  readonly bytesIn: number;
  /** Bytes of the answer's body, or of all messages. */
  readonly bytesOut: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Messages received, of a WebSocket. */
  readonly messages?: number;
  /** The code with which a WebSocket was closed (RFC 6455, section 7.4). */
  readonly code?: number;
}

/**
 * A request that was answered.
 *
 * @example What a client has sent
 * ```ts
 * import { type EchoRequest, serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   listen: "http://127.0.0.1:0",
 *   record: true,
 * });
 * const body = "hello";
 * await (await fetch(`${server.url}/a?b=c`, { method: "POST", body })).text();
 *
 * const request: EchoRequest = await server.waitForRequest();
 * console.log(request.method, request.path, request.text()); // POST /a hello
 * ```
 */
export interface EchoRequest {
  /** The number of its connection. */
  readonly connection: number;
  /** The method, such as `GET`. */
  readonly method: string;
  /** The path, without the query. */
  readonly path: string;
  /** The query, without the question mark. */
  readonly query: string;
  /** The version, such as `HTTP/1.1`. */
  readonly version: string;
  /** The header fields. */
  readonly headers: Headers;
  /** The status of the answer; 101 for a WebSocket, 0 for none. */
  readonly status: number;
  /**
   * The body, up to the limit of the recording; of a WebSocket, all messages.
   *
   * @throws {TypeError} if the server does not record.
   */
  readonly body: Uint8Array<ArrayBuffer>;
  /**
   * The body as text in UTF-8.
   *
   * @throws {TypeError} if the server does not record.
   */
  text(): string;
}

/** A request as it is kept: nothing of its connection. */
export class KeptRequest implements EchoRequest {
  readonly connection: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly version: string;
  readonly headers: Headers;
  readonly status: number;
  #recording?: Recording;

  /**
   * @param about what is known of it.
   * @param recording its body, if that is kept.
   */
  constructor(
    about: Omit<EchoRequest, "body" | "text">,
    recording: Recording | undefined,
  ) {
    this.connection = about.connection;
    this.method = about.method;
    this.path = about.path;
    this.query = about.query;
    this.version = about.version;
    this.headers = about.headers;
    this.status = about.status;
    this.#recording = recording;
  }

  get body(): Uint8Array<ArrayBuffer> {
    if (this.#recording) return this.#recording.bytes;
    throw new TypeError(
      "Cannot look at a body: start the server with record: true",
    );
  }

  text(): string {
    return new TextDecoder().decode(this.body);
  }
}

/** Keeps the latest requests. */
export class RequestLog {
  #requests: Latest<EchoRequest>;
  #latest = 0;

  /** @param most how many requests are kept; 0 keeps none. */
  constructor(most: number) {
    this.#requests = new Latest(most);
  }

  /** The requests that are kept, the oldest first. */
  get all(): readonly EchoRequest[] {
    return this.#requests.all;
  }

  /** Keeps a request, in place of the oldest if need be. */
  add(request: EchoRequest): void {
    this.#requests.add(++this.#latest, request);
  }

  /** Notes that there will be no more requests. */
  end(): void {
    this.#requests.end();
  }

  /**
   * Waits for the request of a number.
   *
   * @param n 1 for the first that was over, and so on.
   * @param options how long to wait.
   * @returns the request.
   * @throws {WaitError} if it does not come in time, or is no longer kept.
   */
  waitFor(n: number, options?: WaitOptions): Promise<EchoRequest> {
    const isGone = () => this.#latest >= n;
    return this.#requests.waitFor(n, {
      ...options,
      isGone,
      describe: () => {
        const why = isGone() ? "which is no longer remembered; " : "";
        return `request ${n}, ${why}the latest that was answered is number ` +
          `${this.#latest}`;
      },
    });
  }
}
