/**
 * What suites need that run echod on several threads.
 *
 * @module
 */

import { assertEquals } from "../assert.ts";
import { connect, noise, receiveAll, send, sha256 } from "../client.ts";
import type { LogLine, ServerProcess } from "../server_process.ts";
import { type Declare, testIf } from "../targets.ts";

/** Declares a test of threads that share a port: Bun does so on Linux alone. */
export const testSharing: Declare = testIf(Deno.build.os === "linux");

/** The flags for so many threads. */
export function workers(count: number | "auto"): readonly string[] {
  return ["--workers", `${count}`];
}

/** Numbers from 1 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** The numbers of connections in some records, sorted. */
export function idsOf(records: readonly LogLine[]): number[] {
  return records.map(({ id }) => Number(id)).sort((a, b) => a - b);
}

/** Opens so many connections at once. */
export function crowd<T>(count: number, open: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, open));
}

/** Opens so many connections to a port at once. */
export function crowdOn(
  { port }: ServerProcess,
  count: number,
): Promise<Deno.TcpConn[]> {
  return crowd(count, () => connect(port));
}

/** Sends something, ends with FIN, and asserts that all of it comes back. */
export async function echoesToTheEnd(
  conn: Deno.Conn,
  data: Uint8Array = noise(20_000),
): Promise<void> {
  const receiving = receiveAll(conn);
  // Small writes, so that others get their turns in between.
  for (let at = 0; at < data.length; at += 1000) {
    await send(conn, data.subarray(at, at + 1000));
  }
  await conn.closeWrite();
  assertEquals((await receiving).hex(), sha256(data));
  conn.close();
}

/** How many sockets listen on a port of this machine, on Linux. */
export async function listeningSockets(port: number): Promise<number> {
  const lines = (await Deno.readTextFile("/proc/net/tcp")).split("\n");
  const name = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return lines.filter((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    return local.endsWith(name) && state === "0A";
  }).length;
}

/** The lines of a log that are no whole records. */
export function strangeLines({ stderr }: ServerProcess): string[] {
  return stderr.split("\n").filter((line) =>
    // Deno tells of its own downloads.
    !/^($|Download |\{.*\}$)/.test(line)
  );
}
