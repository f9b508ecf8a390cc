/**
 * Opens listeners, with errors that say what to do.
 *
 * @module
 */

import {
  errorCode,
  errorText,
  ListenError,
  PermissionError,
} from "./errors.ts";
import { formatHost, formatListenUrl } from "./listen_url.ts";
import type { Addr, Listener, ListenOptions, Runtime } from "./net.ts";

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

async function listenOn(
  runtime: Runtime,
  addr: Addr,
  options: ListenOptions,
): Promise<Listener> {
  const url = formatListenUrl(addr);
  const host = formatHost(addr);
  try {
    if (!runtime.isGranted({ kind: "net", host })) {
      throw new PermissionError(
        `Cannot listen on ${url}: Deno needs -N (or --allow-net=${host})`,
      );
    }
    return await runtime.listen(addr, options);
  } catch (error) {
    if (error instanceof PermissionError) throw error;
    const advice = ADVICE[errorCode(error) ?? ""] ?? errorText(error);
    throw new ListenError(`Cannot listen on ${url}: ${advice}`, {
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
 * @throws {PermissionError} if Deno may not listen there.
 */
export async function openListeners(
  runtime: Runtime,
  addrs: readonly Addr[],
  options: ListenOptions,
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
