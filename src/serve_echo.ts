/**
 * The entrance for programs that embed an echo server.
 *
 * @module
 */

import { proxyOptions, readTrusted } from "./arrival.ts";
import { errorText, OptionError } from "./errors.ts";
import { Decisions } from "./faults/decisions.ts";
import { readFaults } from "./faults/grammar.ts";
import { randomSeed } from "./faults/random.ts";
import type { Fault } from "./faults/types.ts";
import type { HttpSettings } from "./http/plane.ts";
import { type Limits, pickLimits } from "./limits.ts";
import { parseListenUrl } from "./listen_url.ts";
import { DEFAULT_RECORD_LIMIT } from "./recording.ts";
import type { ServerRecord } from "./records.ts";
import { loadRuntime } from "./runtime.ts";
import { EchoServer } from "./server.ts";
import { setUpTls, type TlsChoice } from "./tls/setup.ts";
import { choiceOf } from "./units.ts";

/**
 * What {@linkcode serveEcho} takes.
 *
 * @example A flaky server that can be repeated
 * ```ts
 * import { serveEcho, type ServeEchoOptions } from "@echod/echod";
 *
 * const options: ServeEchoOptions = {
 *   faults: [{ kind: "corrupt", rate: 0.01 }],
 *   seed: 42,
 *   record: { limit: 64 * 1024 },
 * };
 * await using server = await serveEcho(options);
 * console.log(server.seed); // 42
 * ```
 */
export interface ServeEchoOptions
  extends Partial<Limits>, TlsChoice, HttpSettings {
  /**
   * Where to listen, as one URL or several: `tcp://HOST:PORT`, the same with
   * `tls`, `udp`, `http` and `https`, `unix:PATH`.
   *
   * @default {"tcp://127.0.0.1:0"}
   */
  readonly listen?: string | readonly string[];
  /** The mode of socket files, such as `0o660`. Default: as umask says. */
  readonly unixMode?: number;
  /**
   * Datagrams a second that each IP address gets answers for; 0: no limit.
   *
   * @default {1000}
   */
  readonly udpRate?: number;
  /** Receive buffer of UDP sockets, in bytes, on Bun. Default: the system's. */
  readonly udpReceiveBuffer?: number;
  /**
   * Whether UDP sockets may answer others than this machine.
   *
   * @default {false}
   */
  readonly allowPublicUdp?: boolean;
  /**
   * Whether those of `trustedProxies` begin with a PROXY header.
   *
   * @default {"off"}
   */
  readonly proxyProtocol?: "off" | "optional" | "require";
  /** IP addresses, ranges such as `10.0.0.0/8`, and `unix`. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Told of everything that happens; must not throw. Default: nobody. */
  readonly onRecord?: (record: ServerRecord) => void;
  /** The faults to begin with, in the order in which they are composed. */
  readonly faults?: readonly Fault[];
  /** The seed of what faults leave to chance, 32 bits. Default: random. */
  readonly seed?: number;
  /**
   * Whether to keep what is received, and how many bytes of each connection:
   * 1 MiB by `true`. It is kept for the latest 1000 connections, and of HTTP for
   * the body of each of the latest 1000 requests as well.
   *
   * @default {false}
   */
  readonly record?: boolean | { readonly limit?: number };
  /** Closes the server when it is aborted. */
  readonly signal?: AbortSignal;
}

// Connections that a test can still wait for and look at.
const HISTORY = 1000;

/**
 * Starts an echo server in this program: on loopback, on a free port, and
 * without signal handlers, output or a look at the environment.
 *
 * @param options where it listens, its limits, its faults, and who hears of it.
 * @returns the server, which accepts connections by now. It stops with
 * `shutdown`, with `close`, or at the end of an `await using` block.
 * @throws {OptionError} if an option cannot be used.
 * @throws {ListenError} if the system refuses an address.
 * @throws {PermissionError} if Deno may not listen there.
 *
 * @example Looking at what a client sent
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({ record: true });
 * using client = await Deno.connect({ port: server.port });
 * await client.write(new TextEncoder().encode("hello"));
 *
 * const connection = await server.waitForConnection();
 * await connection.waitForBytes(5);
 * console.log(connection.text()); // hello
 * ```
 *
 * @example A server that drops every second connection after 1 KiB
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   faults: [{ kind: "reset_peer", bytes: 1024, every: 2 }],
 *   seed: 1,
 * });
 * console.log(server.url); // such as tcp://127.0.0.1:41234
 * ```
 */
export async function serveEcho(
  options: ServeEchoOptions = {},
): Promise<EchoServer> {
  const { listen = "tcp://127.0.0.1:0", seed, record, signal } = options;
  const urls = typeof listen === "string" ? [listen] : listen;
  checkNumbers(options);
  checkText(options);
  if (urls.length === 0) {
    throw new OptionError(
      "Cannot listen on nothing: expected at least one URL",
    );
  }
  signal?.throwIfAborted();
  const addrs = urls.map((url) =>
    readAs(`listen on "${url}"`, url, parseListenUrl)
  );
  const { proxyProtocol = "off", trustedProxies = [] } = options;
  readAs(`use proxyProtocol "${proxyProtocol}"`, proxyProtocol, PROXY_MODE);
  checkLists({ trustedProxies, alpn: options.alpn ?? [] });
  const trusted = trustedProxies.map((text) =>
    readAs(`trust "${text}"`, text, readTrusted)
  );
  const names = { mode: "proxyProtocol", trusted: "trustedProxies" };
  const server = await EchoServer.start(await loadRuntime(), {
    ...pickLimits(options),
    // What nobody asked for is not worth a warning where there is no room.
    maxConnections: options.maxConnections,
    listen: addrs,
    tls: await setUpTls(options, addrs, (part) => part),
    proxy: proxyOptions(proxyProtocol, trusted, names),
    unixMode: options.unixMode,
    udpRate: options.udpRate,
    udpReceiveBuffer: options.udpReceiveBuffer,
    allowPublicUdp: options.allowPublicUdp,
    httpText: options.httpText,
    showSecrets: options.showSecrets,
    maxBody: options.maxBody,
    maxMessage: options.maxMessage,
    onRecord: options.onRecord,
    faults: readFaults(options.faults ?? []),
    decisions: new Decisions(seed ?? randomSeed()),
    reset: true,
    recordLimit: recordLimit(record),
    history: HISTORY,
  });
  if (signal?.aborted) {
    await server.close();
    signal.throwIfAborted();
  }
  if (signal) closeOn(signal, server);
  return server;
}

// Types do not reach programs in JavaScript.
const PROXY_MODE = choiceOf("off", "optional", "require");

function checkText({ httpText }: ServeEchoOptions): void {
  if (httpText === undefined || typeof httpText === "string") return;
  throw new OptionError(`Cannot use httpText ${httpText}: expected a string`);
}

function checkLists(lists: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(lists)) {
    if (Array.isArray(value)) continue;
    throw new OptionError(`Cannot use ${name} ${value}: expected a list`);
  }
}

function recordLimit(record: ServeEchoOptions["record"]): number | undefined {
  if (!record) return undefined;
  return record === true ? DEFAULT_RECORD_LIMIT : record.limit ??
    DEFAULT_RECORD_LIMIT;
}

function closeOn(signal: AbortSignal, server: EchoServer): void {
  const close = () => void server.close();
  signal.addEventListener("abort", close, { once: true });
  server.finished.then(() => signal.removeEventListener("abort", close));
}

// Types do not reach programs in JavaScript, nor numbers such as -1 and 0.5.
function checkNumbers(options: ServeEchoOptions): void {
  const { seed, record, udpRate, udpReceiveBuffer, unixMode } = options;
  const { maxBody, maxMessage } = options;
  const limit = typeof record === "object" ? record.limit : undefined;
  const numbers = {
    ...pickLimits(options),
    ...{ seed, "record.limit": limit, udpRate, udpReceiveBuffer, unixMode },
    ...{ maxBody, maxMessage },
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || Number.isSafeInteger(value) && value >= 0) {
      continue;
    }
    throw new OptionError(
      `Cannot use ${name} ${value}: expected a whole number from 0 up`,
    );
  }
  if (unixMode !== undefined && unixMode > 0o777) {
    throw new OptionError(
      `Cannot use unixMode ${unixMode}: expected at most 511, which is 0o777`,
    );
  }
  if (maxMessage === 0) {
    throw new OptionError("Cannot use maxMessage 0: expected at least 1");
  }
  if (seed !== undefined && seed >= 2 ** 32) {
    throw new OptionError(
      `Cannot use seed ${seed}: expected at most 4294967295`,
    );
  }
}

function readAs<T>(
  purpose: string,
  text: string,
  read: (text: string) => T,
): T {
  try {
    return read(text);
  } catch (error) {
    throw new OptionError(`Cannot ${purpose}: ${errorText(error)}`, {
      cause: error,
    });
  }
}
