/**
 * A socket for datagrams without a network, and a clock that stands still, for
 * tests of the echo of datagrams.
 *
 * @module
 */

import { type Decision, Decisions } from "../../src/faults/decisions.ts";
import { FaultPlan } from "../../src/faults/plan.ts";
import type { Fault } from "../../src/faults/types.ts";
import type {
  DatagramHandler,
  DatagramSocket,
  NetAddr,
} from "../../src/net.ts";
import type { ServerRecord } from "../../src/records.ts";
import type { DroppedRecord } from "../../src/udp/drops.ts";
import { DatagramEcho } from "../../src/udp/echo.ts";
import { bytesOf, inTime, textOf } from "../fake_conn.ts";

/** The address of a UDP socket. */
export function udp(hostname: string, port: number): NetAddr {
  return { transport: "udp", hostname, port };
}

/** A client that may be answered. */
export const CLIENT: NetAddr = udp("192.0.2.1", 50_000);

/** A socket whose peers are the test. */
export class FakeDatagramSocket implements DatagramSocket {
  /** The texts that were sent, in order. */
  readonly sent: string[] = [];
  /** To whom they went. */
  readonly targets: NetAddr[] = [];
  /** Whether it takes nothing to send. */
  isFull = false;
  /** Fails what is sent, once set. */
  sendError?: Error;
  /** Whether it is closed. */
  closed = false;
  /** What `drain` waits for. */
  draining: Promise<void> = Promise.resolve();
  #handler?: DatagramHandler;
  #changed = Promise.withResolvers<void>();

  /** @param addr where it says it is. */
  constructor(readonly addr: NetAddr = udp("127.0.0.1", 7777)) {}

  /** What hears of datagrams. */
  get handler(): DatagramHandler {
    if (this.#handler) return this.#handler;
    throw new Error("not started");
  }

  start(handler: DatagramHandler): void {
    if (this.#handler) throw new Error("started twice");
    this.#handler = handler;
  }

  /** Has a datagram come in. */
  receive(text: string, source: NetAddr = CLIENT): void {
    this.handler.onDatagram(bytesOf(text), source);
  }

  send(data: Uint8Array, target: NetAddr): boolean {
    if (this.closed || this.isFull) return false;
    this.sent.push(textOf(data));
    this.targets.push(target);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    this.handler.onSent(data, target, this.sendError);
    return true;
  }

  async drain(): Promise<void> {
    await this.draining;
    this.closed = true;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  /** Waits until so many datagrams were sent, and gives back their texts. */
  async sends(count: number): Promise<string[]> {
    const wait = async () => {
      while (this.sent.length < count) await this.#changed.promise;
    };
    await inTime(wait(), `${count} datagrams`);
    return this.sent;
  }
}

/** What a test may say of an echo. */
export interface EchoSetup {
  /** Datagrams a second for each source. Default: no limit. */
  readonly rate?: number;
  /** The faults. */
  readonly faults?: readonly Fault[];
  /** The seed of what they leave to chance. */
  readonly seed?: number;
  /** What an earlier run has decided. */
  readonly replay?: readonly Decision[];
  /** Where it listens. Default: one socket. */
  readonly sockets?: readonly FakeDatagramSocket[];
}

/** An echo over fake sockets, and all that it tells. */
export function echoOver({
  rate = 0,
  faults = [],
  seed = 1,
  replay,
  sockets = [new FakeDatagramSocket()],
}: EchoSetup = {}) {
  const records: ServerRecord[] = [];
  const log: Decision[] = [];
  const state = { idle: 0 };
  const decisions = new Decisions(seed, {
    log: { write: (decision) => log.push(decision) },
    replay,
  });
  const planOf = (faults: readonly Fault[]) =>
    new FaultPlan(faults, decisions.datagrams, "datagrams");
  const echo = new DatagramEcho(sockets, {
    rate,
    plan: planOf(faults),
    tell: (record) => records.push(record),
    onIdle: () => state.idle++,
  });
  /** What was told of drops, without the URL. */
  const drops = () =>
    records.filter((record) => record.event === "dropped")
      .map(({ reason, count, peer }: DroppedRecord) => [reason, count, peer]);
  return { echo, socket: sockets[0], records, drops, log, state, planOf };
}

/** A clock that stands still until the end of the test, unless it is moved. */
export function stoppedClock() {
  const before = Object.getOwnPropertyDescriptor(performance, "now");
  const clock = {
    /** The time. */
    // Whole, so that times add up.
    now: Math.ceil(performance.now()),
    [Symbol.dispose]() {
      if (before) Object.defineProperty(performance, "now", before);
      else Reflect.deleteProperty(performance, "now");
    },
  };
  const value = () => clock.now;
  Object.defineProperty(performance, "now", { value, configurable: true });
  return clock;
}
