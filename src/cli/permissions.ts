/**
 * The Deno permissions that settings need, and the flags that grant them.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { PermissionError } from "../errors.ts";
import { listenPermissions } from "../listen.ts";
import type { Permission, Runtime } from "../host.ts";
import { formatHost } from "../listen_url.ts";
import type { Addr, NetAddr } from "../net.ts";
import { KEYS, variableName } from "./flags.ts";
import type { ServerSettings } from "./server_settings.ts";

const FLAG: Readonly<Record<Permission["kind"], string>> = {
  net: "-N",
  read: "-R",
  write: "-W",
  env: "-E",
  sys: "-S",
};

function scope(permission: Permission): string {
  switch (permission.kind) {
    case "net":
      return permission.host;
    case "env":
      return permission.variable;
    case "sys":
      return permission.api;
    default:
      return permission.path;
  }
}

/**
 * The flags of `deno run` that grant permissions, as a shell takes them.
 *
 * Deno reads a comma in a path as the start of another path and has no escape
 * for it, and knows no socket but by an absolute path, so that such need the
 * flag without a value, as all hosts do; and a flag with a value takes the
 * effect of one without away.
 */
export function permissionFlags(permissions: readonly Permission[]): string {
  const isBare = (kind: Permission["kind"]) =>
    permissions.some((other) =>
      other.kind === kind && /^$|,|^unix:(?!\/)/.test(scope(other))
    );
  const flags = permissions.map((permission) => {
    const flag = FLAG[permission.kind];
    return isBare(permission.kind)
      ? flag
      : quote(`${flag}=${scope(permission)}`);
  });
  return [...new Set(flags)].join(" ");
}

function quote(word: string): string {
  return /^[\w=.:/@%+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What writing a ready file needs: a new file beside it that is renamed. */
export function readyFilePermissions(path: string): readonly Permission[] {
  const directory = builtin("node:path").dirname(path);
  return [
    { kind: "read", path: directory },
    { kind: "write", path: directory },
  ];
}

/** What the status server needs, like any listener for HTTP. */
export function statusPermissions(addr: NetAddr): readonly Permission[] {
  return listenPermissions({ ...addr, transport: "http" });
}

/**
 * What starting a thread needs: it loads the program anew.
 *
 * @param program the URL of the program.
 */
export function threadPermissions(program: string): readonly Permission[] {
  const path = builtin("node:url").fileURLToPath(program);
  return [{ kind: "read", path: builtin("node:path").dirname(path) }];
}

/**
 * What a client needs.
 *
 * @param addr where it connects to.
 * @param ca the file of a certificate that it trusts.
 */
export function clientPermissions(
  addr: Addr,
  ca: string | undefined,
): readonly Permission[] {
  const file = ca === undefined ? [] : [{ kind: "read", path: ca } as const];
  if (addr.transport === "udp") return [{ kind: "net", host: "" }, ...file];
  if (addr.transport === "unix") return listenPermissions(addr);
  return [{ kind: "net", host: formatHost(addr) }, ...file];
}

/** Everything that a server with these settings needs leave for. */
export function neededPermissions(
  listen: readonly Addr[],
  { settings, origins }: ServerSettings,
  program: string,
): readonly Permission[] {
  const needed: Permission[] = listen.flatMap(listenPermissions);
  const { readyFile, status, workers } = settings;
  if (workers > 1) needed.push(...threadPermissions(program));
  if (status) needed.push(...statusPermissions(status));
  const files = {
    read: ["cert", "key", "clientCa", "faultReplay", "config"],
    write: ["certOut", "faultLog"],
  } as const;
  for (const kind of ["read", "write"] as const) {
    for (const key of files[kind]) {
      const path = settings[key];
      if (path !== undefined) needed.push({ kind, path });
    }
  }
  if (readyFile !== undefined) needed.push(...readyFilePermissions(readyFile));
  for (const key of KEYS) {
    if (origins[key] !== "variable") continue;
    needed.push({ kind: "env", variable: variableName(key) });
  }
  return needed;
}

/**
 * Makes sure that something may be done without a prompt.
 *
 * @param runtime who would prompt.
 * @param needed what is to be done.
 * @param purpose what it is for, to begin the error with.
 * @throws {PermissionError} that names the flags to add.
 */
export function requirePermissions(
  runtime: Runtime,
  needed: readonly Permission[],
  purpose: string,
): void {
  const missing = needed.filter((permission) => !runtime.isGranted(permission));
  if (missing.length === 0) return;
  throw new PermissionError(
    `Cannot ${purpose}: Deno needs ${permissionFlags(missing)}`,
  );
}
