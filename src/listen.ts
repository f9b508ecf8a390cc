/**
 * Opens listeners, with errors that say what to do.
 *
 * @module
 */

import { builtin } from "./builtin.ts";
import {
  errorCode,
  errorText,
  ListenError,
  OptionError,
  PermissionError,
} from "./errors.ts";
import { formatHost, formatListenUrl } from "./listen_url.ts";
import type { Permission, Runtime } from "./host.ts";
import type {
  Addr,
  DatagramSocket,
  Listener,
  ListenOptions,
  NetAddr,
  UnixAddr,
} from "./net.ts";
import {
  isAbstract,
  isInUse,
  isOtherFile,
  keepOthers,
  removeStaleSocket,
} from "./socket_file.ts";
import {
  type DatagramListenOptions,
  datagramPermissions,
  openDatagrams,
} from "./udp/open.ts";

/** How a server's listeners are opened. */
export interface OpenOptions extends ListenOptions {
  /** The mode of socket files. Default: as umask says. */
  readonly unixMode?: number;
  /** What sockets for datagrams have to be able to do. */
  readonly datagrams: DatagramListenOptions;
}

const OURS = [OptionError, PermissionError, ListenError];

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use: stop the program that uses it, or " +
    "choose another port (0 takes any free one)",
  EACCES: "the system does not allow it: ports below 1024 often need root " +
    "or CAP_NET_BIND_SERVICE, so choose a higher one",
  EADDRNOTAVAIL: "this machine has no such address; 0.0.0.0 and [::] stand " +
    "for all that it has",
  // What node:net says of it on Deno.
  EINVAL: "this machine has no such address",
  ENOTFOUND: "there is no such host name",
  EAFNOSUPPORT: "this machine does not have that kind of address",
};

// What Deno says in place of ENOTFOUND.
const LOOKUP = /^failed to lookup address/;

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
  if (isDatagram(addr)) return datagramPermissions(addr);
  if (isHttp(addr)) {
    const own = { kind: "net", host: formatHost(addr) } as const;
    return [own, { kind: "net", host: "127.0.0.1" }];
  }
  if (addr.transport !== "unix") {
    return [{ kind: "net", host: formatHost(addr) }];
  }
  const { path } = addr;
  const name = { kind: "net", host: `unix:${path}` } as const;
  return isAbstract(addr)
    ? [name]
    : [name, { kind: "read", path }, { kind: "write", path }];
}

/**
 * Makes sure that an address may be listened on without a prompt.
 *
 * @throws {PermissionError} that names the flags to add.
 */
export function checkPermissions(runtime: Runtime, addr: Addr): void {
  const needed = listenPermissions(addr);
  if (needed.every((permission) => runtime.isGranted(permission))) return;
  const url = formatListenUrl(addr);
  const hosts = needed.flatMap((permission) =>
    permission.kind === "net" ? [permission.host] : []
  );
  const flags = hosts.length < needed.length
    ? "-N -R -W"
    : addr.transport === "unix"
    ? "-N"
    : `-N (or --allow-net=${hosts.join(",")})`;
  throw new PermissionError(`Cannot listen on ${url}: Deno needs ${flags}`);
}

function checkPlatform({ platform }: Runtime, addr: Addr): void {
  if (addr.transport !== "unix") return;
  const isMissing = platform === "win32";
  if (!isMissing && (!isAbstract(addr) || platform === "linux")) return;
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
    if (isInUse(error) && isOtherFile(addr)) {
      throw new ListenError(
        `Cannot listen on ${formatListenUrl(addr)}: there is a file that is ` +
          "no socket, and it stays; choose another path",
        { cause: error },
      );
    }
    if (!isInUse(error) || !await removeStaleSocket(addr)) throw error;
    listener = await runtime.listen(addr, options);
  }
  if (isAbstract(addr)) return listener;
  listener = keepOthers(listener, addr);
  try {
    if (unixMode !== undefined) {
      builtin("node:fs").chmodSync(addr.path, unixMode);
    }
    return listener;
  } catch (error) {
    listener.close();
    throw error;
  }
}

// HTTP comes over TCP or TLS, which agrees on its version (RFC 7301).
async function openHttp(
  runtime: Runtime,
  addr: NetAddr,
  { reset, shares, tls }: OpenOptions,
): Promise<Listener> {
  const alpn = runtime.capabilities.http2 ? ["h2", "http/1.1"] : ["http/1.1"];
  const isSecure = addr.transport === "https";
  const below: NetAddr = { ...addr, transport: isSecure ? "tls" : "tcp" };
  const options = { reset, shares, tls: tls && { ...tls, alpn } };
  const listener = await runtime.listen(below, options);
  const { hostname, port } = listener.addr as NetAddr;
  return {
    addr: { transport: addr.transport, hostname, port },
    room: listener.room,
    accept: () => listener.accept(),
    close: () => listener.close(),
  };
}

async function listenOn(
  runtime: Runtime,
  addr: Addr,
  options: OpenOptions,
): Promise<readonly Endpoint[]> {
  checkPlatform(runtime, addr);
  try {
    if (isDatagram(addr)) {
      return await openDatagrams(runtime, addr, options.datagrams);
    }
    checkPermissions(runtime, addr);
    if (isHttp(addr)) return [await openHttp(runtime, addr, options)];
    return addr.transport === "unix"
      ? [await openUnix(runtime, addr, options)]
      : [await runtime.listen(addr, options)];
  } catch (error) {
    throw listenError(addr, error);
  }
}

/**
 * What there is to say of an address that cannot be listened on.
 *
 * @param addr the address.
 * @param error what the runtime said; an error of echod's own stays.
 * @returns an error that says what to try.
 */
export function listenError(addr: Addr, error: unknown): unknown {
  if (OURS.some((kind) => error instanceof kind)) return error;
  const advice = addr.transport === "unix" ? UNIX_ADVICE : ADVICE;
  const code = LOOKUP.test(errorText(error)) ? "ENOTFOUND" : errorCode(error);
  const reason = advice[code ?? ""] ?? errorText(error);
  const url = formatListenUrl(addr);
  return new ListenError(`Cannot listen on ${url}: ${reason}`, {
    cause: error,
  });
}

/** Whether what a listener takes are datagrams, not connections. */
export function isDatagram(
  addr: Addr,
): addr is NetAddr & { readonly transport: "udp" } {
  return addr.transport === "udp";
}

/** Whether what a listener takes are requests. */
export function isHttp(
  addr: Addr,
): addr is NetAddr & { readonly transport: "http" | "https" } {
  return addr.transport === "http" || addr.transport === "https";
}

/** Whether a listener's connections begin with a TLS handshake. */
export function isSecure({ transport }: Addr): boolean {
  return transport === "tls" || transport === "https";
}

/** Where connections or datagrams come in. */
export type Endpoint = Listener | DatagramSocket;

/**
 * Opens what each address asks for, or nothing.
 *
 * @param runtime what opens them.
 * @param addrs where to listen.
 * @param options what the listeners have to be able to do.
 * @returns the listeners and sockets, in the order of the addresses.
 * @throws {ListenError} if the system refuses an address.
 * @throws {OptionError} if the system has no such addresses, or it is not safe.
 * @throws {PermissionError} if Deno may not listen there.
 */
export async function openEndpoints(
  runtime: Runtime,
  addrs: readonly Addr[],
  options: OpenOptions,
): Promise<Endpoint[]> {
  const endpoints: Endpoint[] = [];
  try {
    for (const addr of addrs) {
      endpoints.push(...await listenOn(runtime, addr, options));
    }
    return endpoints;
  } catch (error) {
    for (const endpoint of endpoints) endpoint.close();
    throw error;
  }
}
