/**
 * The files of Unix sockets.
 *
 * @module
 */

import { lstatSync, rmSync, type Stats } from "node:fs";
import { connect } from "node:net";
import { errorCode } from "./errors.ts";
import type { UnixAddr } from "./net.ts";

/** Whether a name is one of Linux's abstract namespace, without a file. */
export function isAbstract({ path }: UnixAddr): boolean {
  return path.startsWith("@");
}

/** Whether an error says that an address is taken. */
export function isInUse(error: unknown): boolean {
  return errorCode(error) === "EADDRINUSE";
}

/** Whether there is a file at a path, and it is no socket. */
export function isOtherFile(addr: UnixAddr): boolean {
  const file = isAbstract(addr) ? undefined : statOf(addr);
  return file !== undefined && !file.isSocket();
}

function statOf({ path }: UnixAddr): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/**
 * Removes the file of a socket on which nobody listens any more, such as a
 * server leaves that was killed. Any other file stays.
 *
 * @param addr where the file is.
 * @returns whether it was removed.
 */
export async function removeStaleSocket(addr: UnixAddr): Promise<boolean> {
  const { path } = addr;
  if (isAbstract(addr) || !statOf(addr)?.isSocket()) return false;
  if (!await isDead(path)) return false;
  rmSync(path, { force: true });
  return true;
}

// A full backlog or a socket of another kind gives other errors than this one.
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (dead: boolean) => {
      socket.destroy();
      resolve(dead);
    };
    socket.on("connect", () => settle(false));
    socket.on("error", (error) => settle(errorCode(error) === "ECONNREFUSED"));
  });
}
