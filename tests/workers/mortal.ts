/**
 * Servers whose workers can die, and their clients.
 *
 * @module
 */

import { assert } from "../assert.ts";
import { connect, echoes, noise } from "../client.ts";
import { fromFileUrl } from "../paths.ts";
import type { LogLine, ServerProcess } from "../server_process.ts";
import { bunCommand, denoCommand, type Target } from "../targets.ts";
import { DEADLY } from "./deadly.ts";

const program = fromFileUrl(new URL("mortal_echod.ts", import.meta.url));

/** The same program as a target's, but for workers that can die. */
function mortal({ command, ...target }: Target): Target {
  return { ...target, command: [...command.slice(0, -1), program] };
}

/** The program on each runtime. */
export const TARGETS: readonly Target[] = [
  mortal(denoCommand("-N", "-R", "-W", "-E")),
  mortal(bunCommand),
];

/** A client, and the worker that has it. */
export interface Client {
  readonly conn: Deno.Conn;
  readonly id: number;
  readonly worker: number;
}

/** Connects, and finds out which worker has it. */
export async function join(server: ServerProcess): Promise<Client> {
  const conn = await connect(server.port);
  const { localAddr } = conn;
  const peer = `127.0.0.1:${localAddr.port}`;
  const { id, worker } = await server.waitFor({ event: "connect", peer });
  return { conn, id: Number(id), worker: Number(worker) };
}

/** So many clients at least of each of two workers. */
export async function gather(
  server: ServerProcess,
  least: number,
): Promise<Client[][]> {
  const clients: Client[] = [];
  const of = (worker: number) =>
    clients.filter((client) => client.worker === worker);
  while ([0, 1].some((worker) => of(worker).length < least)) {
    assert(clients.length < 500, "one worker has them all");
    clients.push(await join(server));
  }
  return [of(0), of(1)];
}

/** Has the worker of a client die. */
export async function kill(
  { conn }: Client,
  how: keyof typeof DEADLY,
): Promise<void> {
  await echoes(conn, noise(DEADLY[how]));
  conn.close();
}

/** What the status tells of connections. */
export interface Told {
  /** Connections that were let in. */
  readonly accepted: number;
  /** Connections that are open. */
  readonly open: number;
  /** Bytes received. */
  readonly bytesIn: number;
  /** Bytes echoed. */
  readonly bytesOut: number;
  /** Connections that have ended in order. */
  readonly ended: number;
  /** Connections that an error has ended. */
  readonly lost: number;
}

/** Asks the status. */
export async function statusOf(server: ServerProcess): Promise<Told> {
  const { url } = await server.waitFor({ plane: "status" });
  const response = await fetch(new URL("/metrics", `${url}`));
  const lines = (await response.text()).split("\n");
  const sum = (start: string) =>
    lines.filter((line) => line.startsWith(`echod_${start}`))
      .reduce((all, line) => all + Number(line.split(" ").at(-1)), 0);
  return {
    accepted: sum("connections_total{"),
    open: sum("connections_active{"),
    bytesIn: sum("bytes_received_total{"),
    bytesOut: sum("bytes_sent_total{"),
    ended: sum('connections_closed_total{reason="eof"}'),
    lost: sum('connections_closed_total{reason="error"}'),
  };
}

/** The flags of a status server. */
export const STATUS: readonly string[] = ["--status", "127.0.0.1:0"];

/** What was told of connections that are lost. */
export function lostOf(server: ServerProcess): LogLine[] {
  return server.all({ event: "disconnect", reason: "error" });
}
