/**
 * A thread of its own for requests that might keep it busy for hours: it can be
 * ended from outside.
 *
 * @module
 */

import { answer } from "../../src/http/answer.ts";
import { exchangeOf, requestOf } from "./fake_web.ts";

/** What such a request is made of. */
export interface HostileRequest {
  /** The path, with the query. */
  readonly path: string;
  /** The header fields. */
  readonly headers: Record<string, string>;
  /** The body, if there is one. */
  readonly body?: string;
}

/** What a thread has of its scope; the types of workers are not loaded here. */
interface Scope {
  onmessage: (event: MessageEvent<HostileRequest>) => void;
  postMessage: (status: number) => void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = async ({ data: { path, ...asking } }) => {
  const { exchange } = exchangeOf(requestOf(path, asking));
  const { status } = await answer(exchange);
  scope.postMessage(status);
};
