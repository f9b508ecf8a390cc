/**
 * Deno as a {@linkcode Runtime}.
 *
 * @module
 */

import type { Permission, Runtime } from "../../host.ts";
import type { Addr, ListenOptions } from "../../net.ts";
import { openStream, openWebSocket } from "./client.ts";
import { hostProcess } from "./process.ts";
import { nodeRoom } from "./room.ts";
import { connect, listenNatively } from "./stream.ts";

function descriptor(permission: Permission): Deno.PermissionDescriptor {
  switch (permission.kind) {
    case "net":
      return { name: "net", host: scopeOf(permission.host) };
    case "sys":
      return { name: "sys", kind: permission.api };
    case "env":
      return { name: "env", variable: permission.variable };
    default:
      return { name: permission.kind, path: permission.path };
  }
}

// Deno names the sockets of absolute paths alone; others need all of -N.
function scopeOf(host: string): string | undefined {
  return host === "" || /^unix:(?!\/)/.test(host) ? undefined : host;
}

async function writeStderr(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    sent += await Deno.stderr.write(bytes.subarray(sent));
  }
}

// Much of what follows is loaded by those alone who use it: it takes as long as
// all the rest of a start.

async function listen(addr: Addr, { reset, shares, tls }: ListenOptions) {
  const { transport } = addr;
  if (transport !== "tls" && !(transport === "tcp" && reset)) {
    return listenNatively(addr, shares);
  }
  const { listenOnNode } = await import("../node/stream.ts");
  const room = nodeRoom();
  if (transport === "tcp") return await listenOnNode(addr, { shares, room });
  const { tlsFlow: findFlow } = await import("./tls_flow.ts");
  return await listenOnNode(addr, { tls, shares, findFlow, room });
}

/** Deno as the server sees it. */
export const runtime: Runtime = {
  name: `deno ${Deno.version.deno}`,
  platform: Deno.build.os === "windows" ? "win32" : Deno.build.os,
  process: hostProcess,
  listen,
  bind: async (addr, options) =>
    (await import("./datagram.ts")).bind(addr, options),
  serveWeb: async (options) => (await import("./web.ts")).serveWeb(options),
  connect,
  openStream,
  openWebSocket,
  // Deno's node:dgram takes a size, and does nothing with it.
  capabilities: {
    ...{ receiveBuffer: false, http2: true, sharesPorts: true },
    // Its WebSockets end at 64 MiB.
    maxMessage: 64 * 2 ** 20 - 1,
  },
  isGranted: (permission) =>
    Deno.permissions.querySync(descriptor(permission)).state === "granted",
  writeStderr,
};
