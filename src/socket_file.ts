/**
 * The files of Unix sockets.
 *
 * @module
 */

import type { Stats } from "node:fs";
import { builtin } from "./builtin.ts";
import { errorCode } from "./errors.ts";
import type { Listener, UnixAddr } from "./net.ts";

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
  return builtin("node:fs").lstatSync(path, { throwIfNoEntry: false });
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
  const found = isAbstract(addr) ? undefined : statOf(addr);
  if (!found?.isSocket() || !await isDead(path)) return false;
  // Another server may have replaced it meanwhile.
  if (!isSame(found, statOf(addr))) return false;
  builtin("node:fs").rmSync(path, { force: true });
  return true;
}

/**
 * Makes a listener that leaves what others have put in the place of its file:
 * runtimes remove whatever is there when they close.
 *
 * @param listener the listener, just opened.
 * @param addr where its file is.
 * @returns the same, with another `close`.
 */
export function keepOthers(listener: Listener, addr: UnixAddr): Listener {
  const own = statOf(addr);
  let refuge: string | undefined;
  let isClosed = false;
  return {
    addr: listener.addr,
    room: listener.room,
    accept: async () => {
      const conn = await listener.accept();
      if (conn !== null || refuge === undefined) return conn;
      // Deno removes the file a little later than it closes.
      await new Promise((resolve) => setTimeout(resolve));
      restore(addr.path, refuge);
      return null;
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      const found = statOf(addr);
      if (found && !isSame(own, found)) refuge = hide(addr.path);
      listener.close();
    },
  };
}

// Under another name as well, a file outlives the removal of this one.
function hide(path: string): string | undefined {
  const refuge = `${path}.${builtin("node:process").pid}`;
  try {
    builtin("node:fs").linkSync(path, refuge);
    return refuge;
  } catch {
    // What cannot be linked, such as a directory, cannot be removed either.
    return undefined;
  }
}

function restore(path: string, refuge: string): void {
  const { linkSync, rmSync } = builtin("node:fs");
  try {
    linkSync(refuge, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    rmSync(refuge);
  }
}

function isSame(one: Stats | undefined, other: Stats | undefined): boolean {
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}

// A full backlog or a socket of another kind gives other errors than this one.
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = builtin("node:net").connect({ path });
    const settle = (dead: boolean) => {
      socket.destroy();
      resolve(dead);
    };
    socket.on("connect", () => settle(false));
    socket.on("error", (error) => settle(errorCode(error) === "ECONNREFUSED"));
  });
}
