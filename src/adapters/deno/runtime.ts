/**
 * Deno as a {@linkcode Runtime}.
 *
 * @module
 */

import type { Addr, ListenOptions, Permission, Runtime } from "../../net.ts";
import { listenOnNode } from "../node/stream.ts";
import { nodeRoom } from "./room.ts";
import { listenNatively } from "./stream.ts";
import { tlsFlow } from "./tls_flow.ts";

function descriptor(permission: Permission): Deno.PermissionDescriptor {
  switch (permission.kind) {
    case "net":
      return { name: "net", host: scopeOf(permission.host) };
    case "env":
      return { name: "env", variable: permission.variable };
    default:
      return { name: permission.kind, path: permission.path };
  }
}

// Deno names the sockets of absolute paths alone; others need all of -N.
function scopeOf(host: string): string | undefined {
  return /^unix:(?!\/)/.test(host) ? undefined : host;
}

async function writeStderr(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    sent += await Deno.stderr.write(bytes.subarray(sent));
  }
}

async function listen(addr: Addr, { reset, tls }: ListenOptions) {
  if (addr.transport === "tls" || addr.transport === "tcp" && reset) {
    const options = { tls, findFlow: tlsFlow, room: nodeRoom() };
    return await listenOnNode(addr, options);
  }
  return listenNatively(addr);
}

/** Deno as the server sees it. */
export const runtime: Runtime = {
  name: `deno ${Deno.version.deno}`,
  listen,
  isGranted: (permission) =>
    Deno.permissions.querySync(descriptor(permission)).state === "granted",
  writeStderr,
};
