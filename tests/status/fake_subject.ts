/**
 * A server that does nothing, for tests of what tells of it.
 *
 * @module
 */

import type { EchoConnection } from "../../src/echo_connection.ts";
import { checkFault } from "../../src/faults/grammar.ts";
import type { Fault } from "../../src/faults/types.ts";
import type { ServerStats } from "../../src/metrics.ts";
import { Histogram } from "../../src/histogram.ts";
import type { Addr } from "../../src/net.ts";
import type { DisconnectRecord } from "../../src/records.ts";
import type { Subject } from "../../src/status/subject.ts";

const NOTHING = { open: 0, accepted: 0, bytesIn: 0, bytesOut: 0 };

/** The numbers of a server that has done nothing. */
export const NO_STATS: ServerStats = {
  ...NOTHING,
  closed: {},
  refused: {},
  failedHandshakes: 0,
  protocols: {
    ...{ tcp: NOTHING, tls: NOTHING, unix: NOTHING },
    ...{ http: NOTHING, https: NOTHING },
  },
  latency: new Histogram().stats,
  datagrams: { received: 0, sent: 0, bytesIn: 0, bytesOut: 0, dropped: {} },
  http: {
    ...{ answers: {}, requests: 0 },
    ...{ webSockets: 0, messagesIn: 0, messagesOut: 0 },
  },
};

/** The numbers of a server that has done a bit of everything. */
export function someStats(): ServerStats {
  const latency = new Histogram();
  for (const ms of [0.005, 0.02, 0.02, 3, 20_000]) latency.observe(ms);
  return {
    ...{ open: 2, accepted: 10, bytesIn: 300, bytesOut: 200 },
    closed: { eof: 7, reset: 1 },
    refused: { "max-connections": 3 },
    failedHandshakes: 4,
    protocols: {
      tcp: { open: 1, accepted: 6, bytesIn: 100, bytesOut: 90 },
      tls: { open: 1, accepted: 4, bytesIn: 200, bytesOut: 110 },
      ...{ unix: NOTHING, http: NOTHING, https: NOTHING },
    },
    latency: latency.stats,
    datagrams: {
      ...{ received: 5, sent: 3, bytesIn: 50, bytesOut: 30 },
      dropped: { rate: 1, "low-port": 1 },
    },
    http: {
      ...{ answers: { 200: 8, 101: 1 }, requests: 9 },
      ...{ webSockets: 1, messagesIn: 6, messagesOut: 5 },
    },
  };
}

/** A server whose state is what the test sets. */
export class FakeSubject implements Subject {
  state: Subject["state"] = "running";
  runtime = "fake 1.0.0";
  urls: string[] = ["tcp://127.0.0.1:7000"];
  connections = new Set<EchoConnection>();
  stats: ServerStats = NO_STATS;
  faults: readonly Fault[] = [];
  seed = 42;
  /** Fails whatever faults are set, once set. */
  faultError?: Error;

  setFaults(faults: readonly Fault[]): void {
    if (this.faultError) throw this.faultError;
    this.faults = faults.map(checkFault);
  }

  /** Adds connections with these numbers. */
  connect(...ids: readonly number[]): void {
    for (const id of ids) this.connections.add(connection({ id }));
  }
}

/** What a test says of a connection; the peer may be its host name alone. */
type Look = Partial<Omit<EchoConnection, "peer">> & {
  readonly peer?: Addr | string;
};

/** A connection that can be looked at, and no more. */
export function connection({ peer, ...look }: Look = {}): EchoConnection {
  const tcp = (hostname: string): Addr => ({
    ...{ transport: "tcp", hostname, port: 5555 },
  });
  const connection: Partial<EchoConnection> = {
    ...{ id: 1, protocol: "tcp", ageMs: 2000, bytesIn: 10, bytesOut: 6 },
    peer: typeof peer === "object" ? peer : tcp(peer ?? "192.0.2.1"),
    ...look,
  };
  return connection as EchoConnection;
}

/** The record of the end of a connection. */
export function disconnect(
  fields: Partial<DisconnectRecord> = {},
): DisconnectRecord {
  return {
    event: "disconnect",
    ...{ id: 1, peer: "192.0.2.1:5555", bytesIn: 10, bytesOut: 6 },
    ...{ durationMs: 12, reason: "eof" },
    ...fields,
  };
}
