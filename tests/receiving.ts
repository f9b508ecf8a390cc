/**
 * A reception without sockets, and what it tells.
 *
 * @module
 */

import { type ProxyOptions, readTrusted } from "../src/arrival.ts";
import { Decisions } from "../src/faults/decisions.ts";
import { FaultPlan } from "../src/faults/plan.ts";
import type { Fault } from "../src/faults/types.ts";
import { type Limits, pickLimits } from "../src/limits.ts";
import { Metrics } from "../src/metrics.ts";
import { Reception } from "../src/reception.ts";
import type { HttpPlane } from "../src/http/plane.ts";
import type { Room } from "../src/net.ts";
import type { ServerRecord } from "../src/records.ts";
import { FakeConn, inTime, turn } from "./fake_conn.ts";

/** What a reception is opened with, its limits included. */
export interface Setup extends Partial<Limits> {
  /** Whether PROXY headers are read. Default: no. */
  readonly mode?: ProxyOptions["mode"];
  /** Whose headers are read. Default: those of `PROXY`. */
  readonly trusted?: string;
  /** The faults. */
  readonly faults?: readonly Fault[];
  /** What the process has room for. Default: whatever comes. */
  readonly room?: Room;
  /** Answers connections of HTTP listeners. */
  readonly http?: HttpPlane;
}

/** A reception, and what it tells. */
export function open(
  { mode, trusted = "192.0.2.1", faults = [], room, http, ...limits }: Setup,
) {
  const said: string[] = [];
  const state = { idle: 0 };
  const trust = [readTrusted(trusted)];
  const reception = new Reception({
    limits: pickLimits(limits),
    plan: new FaultPlan(faults, new Decisions(1)),
    proxy: mode && { mode, trusted: trust },
    history: 10,
    ...{ room, http },
    metrics: new Metrics(),
    tell: (record) => void said.push(textOf(record)),
    onIdle: () => state.idle++,
  });
  return { reception, said, state };
}

/** A record as words, but for what varies. */
function textOf(record: ServerRecord): string {
  const { event, ...fields } = record;
  const words = Object.entries(fields).map((field) => field.join("="));
  return [event, ...words].join(" ").replace(/ durationMs=\d+/, "");
}

/** Who a connection comes from. */
export const PROXY = "192.0.2.1:50000";

/** The connection of a proxy that speaks for a client, or sends a text. */
export function proxied(client: string, conn = new FakeConn()): FakeConn {
  const [ip, port] = client.split(":");
  conn.send(`PROXY TCP4 ${ip} 198.51.100.7 ${port} 7\r\n`);
  return conn;
}

/** The connection of a client that sends a text. */
export function sending(text: string, conn = new FakeConn()): FakeConn {
  conn.send(text);
  return conn;
}

/** Receives connections, and lets what is due happen after each. */
export async function receive(reception: Reception, ...conns: FakeConn[]) {
  for (const conn of conns) {
    reception.receive(conn, "tcp");
    await turn();
  }
}

/** Waits until something has been told so often. */
export async function told(
  said: readonly string[],
  count: number,
): Promise<void> {
  const wait = async () => {
    while (said.length < count) await turn();
  };
  await inTime(wait(), `${count} records`);
}
