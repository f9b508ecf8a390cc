/**
 * How many connections of `node:net` a process has room for, on Deno.
 *
 * @module
 */

import type { Room } from "../../net.ts";
import { readRoom } from "../room.ts";

// Out of descriptors, such a listener stops for good and says nothing. Deno tells
// the limit only to programs that may do everything; for others, as many sockets
// as a low limit would not allow are opened and closed, once a process.
const USUAL_ROOM: Room = {
  size: 1024 - 64,
  taken: 0,
  hint: "with -A, Deno tells how many there really are",
};
const PROBES = 256;
const SPARE_DESCRIPTORS = 16;
let room: Room | undefined;

/** The room of this process for connections of `node:net`. */
export function nodeRoom(): Room {
  return room ??= findRoom();
}

function findRoom(): Room {
  const all = ["read", "write", "net", "env", "run", "sys", "ffi"] as const;
  if (all.every((name) => isGranted({ name }))) return readRoom() ?? USUAL_ROOM;
  if (isGranted({ name: "net", host: "127.0.0.1:0" })) return probeRoom();
  return USUAL_ROOM;
}

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

function probeRoom(): Room {
  const probes: Deno.Listener[] = [];
  try {
    while (probes.length < PROBES) {
      probes.push(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
    }
    return USUAL_ROOM;
  } catch {
    // Whatever it is, there is no room for more.
    return { size: Math.max(probes.length - SPARE_DESCRIPTORS, 1), taken: 0 };
  } finally {
    for (const probe of probes) probe.close();
  }
}
