/**
 * The entrance for programs that embed an echo server.
 *
 * @module
 */

import { errorText, OptionError } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { parseListenUrl } from "./listen_url.ts";
import type { Addr } from "./net.ts";
import type { ServerRecord } from "./records.ts";
import { loadRuntime } from "./runtime.ts";
import { EchoServer } from "./server.ts";

/** What {@linkcode serveEcho} takes. */
export interface ServeEchoOptions extends Partial<Limits> {
  /**
   * Where to listen, as one URL or several: `tcp://HOST:PORT`.
   *
   * @default {"tcp://127.0.0.1:0"}
   */
  readonly listen?: string | readonly string[];
  /** Told of everything that happens; must not throw. Default: nobody. */
  readonly onRecord?: (record: ServerRecord) => void;
}

/**
 * Starts an echo server in this program: on loopback, on a free port, and
 * without signal handlers, output or a look at the environment.
 *
 * @param options where it listens, its limits, and who hears of it.
 * @returns the server, which accepts connections by now. It stops with
 * `shutdown`, with `close`, or at the end of an `await using` block.
 * @throws {OptionError} if an option cannot be used.
 * @throws {ListenError} if the system refuses an address.
 * @throws {PermissionError} if Deno may not listen there.
 *
 * @example A server for the length of a block
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({ idleTimeoutMs: 1000 });
 * console.log(server.urls[0]); // such as tcp://127.0.0.1:41234
 * ```
 */
export async function serveEcho(
  { listen = "tcp://127.0.0.1:0", ...options }: ServeEchoOptions = {},
): Promise<EchoServer> {
  const urls = typeof listen === "string" ? [listen] : listen;
  const runtime = await loadRuntime();
  return await EchoServer.start(runtime, {
    ...options,
    listen: urls.map(readUrl),
  });
}

function readUrl(url: string): Addr {
  try {
    return parseListenUrl(url);
  } catch (error) {
    throw new OptionError(`Cannot listen on "${url}": ${errorText(error)}`, {
      cause: error,
    });
  }
}
