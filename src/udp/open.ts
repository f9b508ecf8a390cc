/**
 * Opens sockets for datagrams, where that is safe.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { OptionError, PermissionError } from "../errors.ts";
import { formatHost, formatListenUrl } from "../listen_url.ts";
import type { Permission, Runtime } from "../host.ts";
import type { DatagramOptions, DatagramSocket, NetAddr } from "../net.ts";
import { canonicalIp, isIP } from "../ip.ts";
import { isLoopback } from "./guard.ts";

/** How a server's sockets for datagrams are opened. */
export interface DatagramListenOptions extends DatagramOptions {
  /** Whether others than this machine may be answered. */
  readonly allowPublic: boolean;
}

// SO_RCVBUF is an int (socket(7)).
const LARGEST_BUFFER = 2 ** 31 - 1;

const ALL_HOSTS: Permission = { kind: "net", host: "" };
const INTERFACES: Permission = { kind: "sys", api: "networkInterfaces" };

/** What a UDP socket needs leave for; answers go to anybody's address. */
export function datagramPermissions(addr: NetAddr): readonly Permission[] {
  return isWildcard(addr) ? [ALL_HOSTS, INTERFACES] : [ALL_HOSTS];
}

/**
 * Opens the sockets of an address, each of which can say who it is: a socket on
 * all addresses would answer from whichever the system picks.
 *
 * @param runtime what opens them.
 * @param addr where; of `0.0.0.0` and `::`, all addresses of the machine but
 * those of one link alone.
 * @param options the receive buffer, and who may be answered.
 * @returns the sockets, all of one port.
 * @throws {OptionError} if that is not safe, or the runtime cannot do it.
 * @throws {PermissionError} if Deno may not.
 * @throws the runtime's error if the system does not let it.
 */
export async function openDatagrams(
  runtime: Runtime,
  addr: NetAddr,
  { allowPublic, receiveBuffer }: DatagramListenOptions,
): Promise<DatagramSocket[]> {
  checkPermission(runtime, addr, ALL_HOSTS);
  const { address } = await builtin("node:dns/promises").lookup(addr.hostname);
  const resolved = { ...addr, hostname: canonicalIp(address) };
  checkDatagramOptions(runtime, resolved, { allowPublic, receiveBuffer });
  if (isWildcard(resolved)) checkPermission(runtime, addr, INTERFACES);
  const hosts = isWildcard(resolved)
    ? machineHosts(resolved)
    : [resolved.hostname];
  const sockets: DatagramSocket[] = [];
  try {
    let { port } = addr;
    for (const hostname of hosts) {
      const own: NetAddr = { transport: "udp", hostname, port };
      const socket = await runtime.bind(own, { receiveBuffer });
      sockets.push(socket);
      port = socket.addr.port;
    }
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
}

/**
 * Checks whether listening on an address is safe, and can be done at all. What
 * a name stands for is known, and checked again, when it is opened.
 *
 * @param runtime what would open it.
 * @param addr where.
 * @param options the receive buffer, and who may be answered.
 * @throws {OptionError} if it is not so.
 */
export function checkDatagramOptions(
  runtime: Runtime,
  addr: NetAddr,
  { allowPublic, receiveBuffer }: DatagramListenOptions,
): void {
  const url = formatListenUrl(addr);
  if (!allowPublic && isIP(addr.hostname) && !isLoopback(addr.hostname)) {
    throw new OptionError(
      `Cannot listen on ${url}: with one forged datagram, anybody who reaches ` +
        "it could make it loop with another UDP service or flood a third " +
        "party (CVE-2024-2169); use udp://127.0.0.1:PORT, or add " +
        "--allow-public-udp (allowPublicUdp) where only those you trust reach it",
    );
  }
  if (receiveBuffer !== undefined && !runtime.capabilities.receiveBuffer) {
    throw new OptionError(
      `Cannot set the receive buffer of ${url}: ${runtime.name} has no way to; ` +
        "use Bun, or the system's default (on Linux net.core.rmem_default)",
    );
  }
  if (receiveBuffer !== undefined && receiveBuffer > LARGEST_BUFFER) {
    throw new OptionError(
      `Cannot set the receive buffer of ${url} to ${receiveBuffer}: ` +
        `expected at most ${LARGEST_BUFFER} bytes`,
    );
  }
}

function checkPermission(
  runtime: Runtime,
  addr: NetAddr,
  permission: Permission,
): void {
  if (runtime.isGranted(permission)) return;
  const needed = permission === ALL_HOSTS
    ? "-N, without a host, since answers go to any client's address"
    : "-S=networkInterfaces to know all addresses of this machine; " +
      "or name one of them";
  throw new PermissionError(
    `Cannot listen on ${formatListenUrl(addr)}: Deno needs ${needed}`,
  );
}

function isWildcard({ hostname }: NetAddr): boolean {
  return ["0.0.0.0", "::"].includes(canonicalIp(hostname));
}

// Like a TCP listener on `::`, one for datagrams takes IPv4, too.
function machineHosts(addr: NetAddr): string[] {
  const interfaces = builtin("node:os").networkInterfaces();
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  const hosts = all.filter(({ family, address }) =>
    family === "IPv4" || addr.hostname === "::" && !/^fe80:/i.test(address)
  ).map(({ address }) => address);
  if (hosts.length > 0) return [...new Set(hosts)];
  throw new OptionError(
    `Cannot listen on ${formatHost(addr)}: this machine has no address`,
  );
}
