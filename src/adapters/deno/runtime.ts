/**
 * Deno as a {@linkcode Runtime}.
 *
 * @module
 */

import type { Permission, Runtime } from "../../net.ts";
import { listenWithReset } from "./reset_stream.ts";
import { listen } from "./stream.ts";

function descriptor(permission: Permission): Deno.PermissionDescriptor {
  switch (permission.kind) {
    case "net":
      return { name: "net", host: permission.host };
    case "env":
      return { name: "env", variable: permission.variable };
    default:
      return { name: permission.kind, path: permission.path };
  }
}

async function writeStderr(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    sent += await Deno.stderr.write(bytes.subarray(sent));
  }
}

/** Deno as the server sees it. */
export const runtime: Runtime = {
  name: `deno ${Deno.version.deno}`,
  listen: (addr, { reset }) =>
    reset ? listenWithReset(addr) : Promise.try(listen, addr),
  isGranted: (permission) =>
    Deno.permissions.querySync(descriptor(permission)).state === "granted",
  writeStderr,
};
