/**
 * The addresses that threads share.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import type { Runtime } from "../host.ts";
import { checkPermissions, listenError } from "../listen.ts";
import type { Addr, Listener, NetAddr } from "../net.ts";

/** Whether several threads can listen on an address. */
export function isShared(addr: Addr): addr is NetAddr {
  return addr.transport !== "unix" && addr.transport !== "udp";
}

/**
 * Finds out whether addresses are free, and which port 0 means. Each is opened
 * for a moment, alone, since a shared one would never be "in use".
 *
 * @param runtime what opens them.
 * @param addrs the addresses.
 * @returns the same with real ports.
 * @throws {OptionError} if there is nothing to share, or the runtime cannot.
 * @throws {ListenError} if the system refuses an address.
 * @throws {PermissionError} if Deno may not listen there.
 */
export async function findAddrs(
  runtime: Runtime,
  addrs: readonly NetAddr[],
): Promise<readonly NetAddr[]> {
  if (addrs.length === 0) {
    throw new OptionError(
      "Cannot share work among several threads (--workers): expected a " +
        "listener for tcp://, tls://, http:// or https://",
    );
  }
  if (!runtime.capabilities.sharesPorts) {
    throw new OptionError(
      "Cannot share work among several threads (--workers): " +
        `${runtime.name} can share a port on Linux alone; Deno can here`,
    );
  }
  const found: NetAddr[] = [];
  const listeners: Listener[] = [];
  try {
    for (const addr of addrs) {
      checkPermissions(runtime, addr);
      const listener = await openAlone(runtime, addr);
      listeners.push(listener);
      const { hostname, port } = listener.addr as NetAddr;
      found.push({ transport: addr.transport, hostname, port });
    }
    return found;
  } finally {
    for (const listener of listeners) listener.close();
  }
}

async function openAlone(runtime: Runtime, addr: NetAddr): Promise<Listener> {
  try {
    return await runtime.listen({ ...addr, transport: "tcp" }, {
      reset: false,
    });
  } catch (error) {
    throw listenError(addr, error);
  }
}

/**
 * Puts addresses into the order in which they were asked for. One that is not
 * shared may have become several, each address of a machine: they come last.
 *
 * @param asked the addresses as they were asked for.
 * @param shared those that are shared, with real ports.
 * @param own those that are not.
 */
export function inOrder(
  asked: readonly Addr[],
  shared: readonly Addr[],
  own: readonly Addr[],
): readonly Addr[] {
  const left = { shared: [...shared], own: [...own] };
  const found = asked.flatMap((addr) =>
    left[isShared(addr) ? "shared" : "own"].splice(0, 1)
  );
  return [...found, ...left.own];
}
