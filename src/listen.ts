/**
 * Opens listeners, with errors that say what to do.
 *
 * @module
 */

import { chmodSync } from "node:fs";
import process from "node:process";
import {
  errorCode,
  errorText,
  ListenError,
  OptionError,
  PermissionError,
} from "./errors.ts";
import { formatHost, formatListenUrl } from "./listen_url.ts";
import type {
  Addr,
  Listener,
  ListenOptions,
  Permission,
  Runtime,
  UnixAddr,
} from "./net.ts";
import { isAbstract, isInUse, removeStaleSocket } from "./socket_file.ts";

/** How a server's listeners are opened. */
export interface OpenOptions extends ListenOptions {
  /** The mode of socket files. Default: as umask says. */
  readonly unixMode?: number;
}

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use: stop the program that uses it, or " +
    "choose another port (0 takes any free one)",
  EACCES: "the system does not allow it: ports below 1024 often need root " +
    "or CAP_NET_BIND_SERVICE, so choose a higher one",
  EADDRNOTAVAIL: "this machine has no such address: 0.0.0.0 or [::] takes " +
    "connections on all it has",
  ENOTFOUND: "there is no such host name",
  EAFNOSUPPORT: "this machine does not have that kind of address",
};

const UNIX_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use: stop the program that uses it, or " +
    "choose another path",
  EACCES: "the system does not allow it: choose a directory that you may " +
    "write to",
  ENOENT: "there is no such directory",
  ENOTDIR: "what should be a directory is a file",
};

/** What listening on an address needs leave for. */
export function listenPermissions(addr: Addr): readonly Permission[] {
  if (addr.transport !== "unix") {
    return [{ kind: "net", host: formatHost(addr) }];
  }
  const { path } = addr;
  const name = { kind: "net", host: `unix:${path}` } as const;
  return isAbstract(addr)
    ? [name]
    : [name, { kind: "read", path }, { kind: "write", path }];
}

function checkPermissions(runtime: Runtime, addr: Addr): void {
  const needed = listenPermissions(addr);
  if (needed.every((permission) => runtime.isGranted(permission))) return;
  const url = formatListenUrl(addr);
  const flags = needed.length > 1
    ? "-N -R -W"
    : addr.transport === "unix"
    ? "-N"
    : `-N (or --allow-net=${formatHost(addr)})`;
  throw new PermissionError(`Cannot listen on ${url}: Deno needs ${flags}`);
}

function checkPlatform(addr: Addr): void {
  if (addr.transport !== "unix") return;
  const isMissing = process.platform === "win32";
  if (!isMissing && (!isAbstract(addr) || process.platform === "linux")) return;
  throw new OptionError(
    `Cannot listen on ${formatListenUrl(addr)}: ` +
      (isMissing
        ? "Windows has no Unix sockets here, so use tcp://127.0.0.1:0"
        : "only Linux has abstract names, so use a path"),
  );
}

async function openUnix(
  runtime: Runtime,
  addr: UnixAddr,
  { unixMode, ...options }: OpenOptions,
): Promise<Listener> {
  let listener: Listener;
  try {
    listener = await runtime.listen(addr, options);
  } catch (error) {
    if (!isInUse(error) || !await removeStaleSocket(addr)) throw error;
    listener = await runtime.listen(addr, options);
  }
  if (unixMode === undefined || isAbstract(addr)) return listener;
  try {
    chmodSync(addr.path, unixMode);
    return listener;
  } catch (error) {
    listener.close();
    throw error;
  }
}

async function listenOn(
  runtime: Runtime,
  addr: Addr,
  options: OpenOptions,
): Promise<Listener> {
  checkPlatform(addr);
  checkPermissions(runtime, addr);
  const isUnix = addr.transport === "unix";
  try {
    return isUnix
      ? await openUnix(runtime, addr, options)
      : await runtime.listen(addr, options);
  } catch (error) {
    const advice = isUnix ? UNIX_ADVICE : ADVICE;
    const reason = advice[errorCode(error) ?? ""] ?? errorText(error);
    const url = formatListenUrl(addr);
    throw new ListenError(`Cannot listen on ${url}: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Opens a listener for each address, or none.
 *
 * @param runtime what opens them.
 * @param addrs where to listen.
 * @param options what the listeners have to be able to do.
 * @returns the listeners, in the order of the addresses.
 * @throws {ListenError} if the system refuses an address.
 * @throws {OptionError} if the system has no such addresses.
 * @throws {PermissionError} if Deno may not listen there.
 */
export async function openListeners(
  runtime: Runtime,
  addrs: readonly Addr[],
  options: OpenOptions,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  try {
    for (const addr of addrs) {
      listeners.push(await listenOn(runtime, addr, options));
    }
    return listeners;
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
}
