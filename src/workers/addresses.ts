/**
 * The addresses that threads share.
 *
 * @module
 */

import { OptionError } from "../errors.ts";
import type { Runtime } from "../host.ts";
import { listenError, openEndpoints } from "../listen.ts";
import type { Addr, NetAddr } from "../net.ts";

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
  const plain = addrs.map((addr): Addr => ({ ...addr, transport: "tcp" }));
  try {
    const endpoints = await openEndpoints(runtime, plain, {
      reset: false,
      datagrams: { allowPublic: false },
    });
    const found = endpoints.map(({ addr }, at) => {
      const { hostname, port } = addr as NetAddr;
      return { transport: addrs[at].transport, hostname, port };
    });
    for (const endpoint of endpoints) endpoint.close();
    return found;
  } catch (error) {
    throw listenError(addrs[0], error);
  }
}
