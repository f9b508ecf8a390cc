/**
 * The echo of datagrams: answers each at once, or tells why not.
 *
 * @module
 */

import { errorText } from "../errors.ts";
import type { FaultPlan } from "../faults/plan.ts";
import { NO_CONTROL } from "../faults/no_control.ts";
import type { Piece } from "../faults/stage.ts";
import { formatHost } from "../listen_url.ts";
import type { DatagramSocket, NetAddr } from "../net.ts";
import { type DatagramStats, DropCounter, type DropReason } from "./drops.ts";
import { refuseSource } from "./guard.ts";
import { HeldDatagrams } from "./held.ts";
import { RateLimiter } from "./rate_limiter.ts";
import type { ServerRecord } from "../records.ts";

/** What the echo of datagrams goes by. */
export interface DatagramEchoOptions {
  /** Datagrams a second that each source gets answers for; 0: no limit. */
  readonly rate: number;
  /** The faults at first. */
  readonly plan: FaultPlan;
  /** Told of everything that happens. */
  readonly tell: (record: ServerRecord) => void;
  /** Told once everything is over. */
  readonly onIdle: () => void;
}

/** The datagrams of a server, on all of its sockets. */
export class DatagramEcho {
  /** The faults of datagrams that come from now on. */
  plan: FaultPlan;
  #sockets: readonly DatagramSocket[];
  #options: DatagramEchoOptions;
  #limiter?: RateLimiter;
  #ownPorts: ReadonlySet<number>;
  #drops: DropCounter;
  #held = new HeldDatagrams();
  #startedAt = performance.now();
  #isDraining = false;
  #isOver: boolean;
  #counts = { received: 0, sent: 0, bytesIn: 0, bytesOut: 0 };

  /**
   * Begins to answer.
   *
   * @param sockets where datagrams come from.
   * @param options what the echo goes by.
   */
  constructor(
    sockets: readonly DatagramSocket[],
    options: DatagramEchoOptions,
  ) {
    this.plan = options.plan;
    this.#sockets = sockets;
    this.#options = options;
    if (options.rate > 0) this.#limiter = new RateLimiter(options.rate);
    this.#ownPorts = new Set(sockets.map(({ addr }) => addr.port));
    this.#drops = new DropCounter(options.tell);
    this.#isOver = sockets.length === 0;
    for (const socket of sockets) this.#listen(socket);
  }

  /** Whether every socket is closed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What has happened until now. */
  get stats(): DatagramStats {
    return { ...this.#counts, dropped: this.#drops.totals };
  }

  /** Answers nobody any more, sends what is held back when it is due, closes. */
  async drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    await this.#held.settled();
    await Promise.all(this.#sockets.map((socket) => socket.drain()));
    this.#finish();
  }

  /** Closes at once. */
  async close(): Promise<void> {
    this.#isDraining = true;
    this.#held.dropAll();
    await Promise.all(this.#sockets.map((socket) => socket.close()));
    this.#finish();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#drops.flush();
    const dropped = Object.values(this.#drops.totals).reduce(
      (sum, count) => sum + count,
      0,
    );
    this.#options.tell({ event: "datagrams", ...this.#counts, dropped });
    this.#options.onIdle();
  }

  #listen(socket: DatagramSocket): void {
    const counts = this.#counts;
    socket.start({
      onDatagram: (data, source) => this.#receive(socket, data, source),
      onSent: (data, target, error) => {
        // The last record has told all by then.
        if (this.#isOver) return;
        if (error) this.#drop("send-error", socket, target, errorText(error));
        else {
          counts.sent++;
          counts.bytesOut += data.length;
        }
      },
      onError: (error) => {
        const message = `Socket ${formatHost(socket.addr)}: `;
        this.#options.tell({
          event: "error",
          message: message + errorText(error),
        });
      },
    });
  }

  #receive(socket: DatagramSocket, data: Uint8Array, source: NetAddr): void {
    const id = ++this.#counts.received;
    this.#counts.bytesIn += data.length;
    const refusal = this.#refuse(source);
    if (refusal) return this.#drop(refusal, socket, source);
    if (this.plan.isEmpty) return this.#send(socket, data, source);
    const now = performance.now();
    const pieces = this.#fault(id, data, source, now);
    if (pieces.length === 0) this.#drop("fault", socket, source);
    for (const { data, dueAt, yields = false } of pieces) {
      if (dueAt <= now) this.#send(socket, data, source);
      // As it stands, a difference may be a little less than what was added.
      else this.#hold(socket, data, source, Math.round(dueAt - now), yields);
    }
  }

  #refuse(source: NetAddr): DropReason | undefined {
    if (this.#isDraining) return "shutdown";
    const refusal = refuseSource(source, this.#ownPorts);
    if (refusal) return refusal;
    if (!this.#limiter) return undefined;
    const isInTime = this.#limiter.take(source.hostname, performance.now());
    return isInTime ? undefined : "rate";
  }

  #fault(
    id: number,
    data: Uint8Array,
    { hostname }: NetAddr,
    now: number,
  ): readonly Piece[] {
    let pieces: readonly Piece[] = [{ data, offset: 0, dueAt: now }];
    for (const { after, start } of this.plan.hits(id, hostname)) {
      const hasBegun = "ms" in after
        ? now - this.#startedAt >= after.ms
        : this.#counts.bytesIn - data.length >= after.bytes;
      if (!hasBegun) continue;
      const stage = start(NO_CONTROL);
      pieces = pieces.flatMap((piece) => stage.pass?.(piece) ?? [piece]);
    }
    return pieces;
  }

  #hold(
    socket: DatagramSocket,
    data: Uint8Array,
    target: NetAddr,
    ms: number,
    yields: boolean,
  ): void {
    const flow = yields ? flowOf(target) : undefined;
    // Its buffer may be filled again by then.
    const copy = data.slice();
    const isHeld = this.#held.add({
      ...{ bytes: data.length, ms, flow },
      send: () => this.#send(socket, copy, target),
      drop: () => this.#drop("shutdown", socket, target),
    });
    if (!isHeld) this.#drop("congestion", socket, target);
  }

  #send(socket: DatagramSocket, data: Uint8Array, target: NetAddr): void {
    if (!socket.send(data, target)) this.#drop("congestion", socket, target);
    if (this.#held.hasYielding) this.#held.overtake(flowOf(target));
  }

  #drop(
    reason: DropReason,
    socket: DatagramSocket,
    peer: NetAddr,
    error?: string,
  ): void {
    this.#drops.count(reason, socket.addr, peer, error);
  }
}

function flowOf(target: NetAddr): string {
  return formatHost(target);
}
