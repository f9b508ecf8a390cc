/**
 * What a server is started and stopped with.
 *
 * @module
 */

import type { ProxyOptions } from "./arrival.ts";
import { OptionError } from "./errors.ts";
import type { Decisions } from "./faults/decisions.ts";
import { checkUse } from "./faults/plan.ts";
import type { Traffic } from "./faults/stage.ts";
import type { Fault } from "./faults/types.ts";
import type { Runtime } from "./host.ts";
import type { HttpSettings } from "./http/plane.ts";
import type { Limits } from "./limits.ts";
import { isDatagram, isHttp } from "./listen.ts";
import type { Addr } from "./net.ts";
import type { ServerRecord } from "./records.ts";
import type { Shared } from "./shared.ts";
import type { TlsSetup } from "./tls/setup.ts";
import {
  checkDatagramOptions,
  type DatagramListenOptions,
} from "./udp/open.ts";

/** Datagrams a second that each IP address gets answers for. */
export const DEFAULT_UDP_RATE = 1000;

/** How long a shutdown waits for connections, in milliseconds. */
export const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000;

/** What a server is started with. */
export interface ServerOptions extends Partial<Limits>, HttpSettings {
  /** Where to listen. */
  readonly listen: readonly Addr[];
  /** Told of everything that happens; must not throw. Default: nobody. */
  readonly onRecord?: (record: ServerRecord) => void;
  /** The faults to begin with, in order. Default: none. */
  readonly faults?: readonly Fault[];
  /** Who decides what is left to chance. Default: a random seed. */
  readonly decisions?: Decisions;
  /** Whether dropped connections get RST on Deno, too. Default: with faults. */
  readonly reset?: boolean;
  /** What listeners for TLS need. */
  readonly tls?: TlsSetup;
  /** The mode of socket files, such as `0o660`. Default: as umask says. */
  readonly unixMode?: number;
  /** Datagrams a second answered for each IP address; 0: no limit. */
  readonly udpRate?: number;
  /** The receive buffer of sockets for datagrams. Default: the system's. */
  readonly udpReceiveBuffer?: number;
  /** Whether others than this machine get datagrams. Default: no. */
  readonly allowPublicUdp?: boolean;
  /** Whose PROXY headers are read. Default: nobody's. */
  readonly proxy?: ProxyOptions;
  /** Called once all addresses are taken, before anything is told of it. */
  readonly onBound?: () => void;
  /** Bytes that are kept of what each connection receives. Default: none. */
  readonly recordLimit?: number;
  /** Connections that can be waited for, the latest. Default: none. */
  readonly history?: number;
  /** What it shares with servers on other threads. Default: it is alone. */
  readonly shared?: Shared;
}

/**
 * Checks what can be told of options without opening anything.
 *
 * @param runtime what the server would run on.
 * @param options what it would be started with.
 * @throws {OptionError} if they do not go together, or are not safe.
 */
export function checkOptions(runtime: Runtime, options: ServerOptions): void {
  const { listen, faults = [], maxMessage = 0, shared } = options;
  // Of several threads, one may have no listener that a fault is for.
  if (!shared) checkUse(faults, trafficOf(listen));
  const longest = runtime.capabilities.maxMessage;
  if (maxMessage > longest && listen.some(isHttp)) {
    throw new OptionError(
      `Cannot take messages of ${maxMessage} bytes (--max-message, ` +
        `maxMessage): ${runtime.name} takes at most ${longest}`,
    );
  }
  for (const addr of listen.filter(isDatagram)) {
    checkDatagramOptions(runtime, addr, datagramOptions(options));
  }
}

/** What listeners take, for faults to work on. */
export function trafficOf(addrs: readonly Addr[]): ReadonlySet<Traffic> {
  return new Set(addrs.flatMap((addr): Traffic[] => {
    if (isDatagram(addr)) return ["datagrams"];
    return isHttp(addr) ? ["streams", "messages"] : ["streams"];
  }));
}

/** The part of options that is about sockets for datagrams. */
export function datagramOptions(
  { udpReceiveBuffer: receiveBuffer, allowPublicUdp = false }: ServerOptions,
): DatagramListenOptions {
  return { receiveBuffer, allowPublic: allowPublicUdp };
}

/**
 * How a server is shut down.
 *
 * @example One second to finish
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * const server = await serveEcho();
 * await server.shutdown({ timeoutMs: 1000 });
 * ```
 */
export interface ShutdownOptions {
  /**
   * Milliseconds that connections have to end: 0 drops them at once, and
   * `Infinity` never. A later call may shorten the time.
   *
   * @default {10000}
   */
  readonly timeoutMs?: number;
}
