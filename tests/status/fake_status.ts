/**
 * A status server without a network, for tests that ask it.
 *
 * @module
 */

import type { NetAddr } from "../../src/net.ts";
import { type StatusOptions, StatusServer } from "../../src/status/server.ts";
import type { WebServerOptions } from "../../src/web.ts";
import { FakeSubject } from "./fake_subject.ts";

/** What is asked of a status server. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

const ADDR: NetAddr = { transport: "http", hostname: "127.0.0.1", port: 0 };

/** Starts a status server that the test alone can ask. */
export async function startStatus(options: Partial<StatusOptions> = {}) {
  const subject = options.subject as FakeSubject ?? new FakeSubject();
  const errors: unknown[] = [];
  const calls: string[] = [];
  let web: WebServerOptions | undefined;
  const serveWeb = (given: WebServerOptions) => {
    web = given;
    const addr = { ...given.addr, port: given.addr.port || 9090 };
    const close = () => Promise.resolve(void calls.push("close"));
    return Promise.resolve({ addr, close });
  };
  const status = await StatusServer.start({ serveWeb }, {
    ...{ addr: ADDR, version: "1.2.3" },
    onError: (error) => errors.push(error),
    ...options,
    subject,
  });
  const ask: Ask = (path, init) =>
    status.handle(new Request(new URL(path, "http://127.0.0.1:9090/"), init));
  return {
    ...{ status, subject, ask, errors, calls, web: web! },
    [Symbol.asyncDispose]: () => status.close(),
  };
}

/** The header that gives a token. */
export function bearer(token: string): { headers: { authorization: string } } {
  return { headers: { authorization: `Bearer ${token}` } };
}
