/**
 * Bun's own echo loop: writes each chunk in the callback that brings it.
 *
 * @module
 */

import type { Echo, Meter } from "../../net.ts";
import type { BunSocket } from "./api.ts";
import { ResetError } from "../reset_error.ts";
import type { SocketSink } from "./stream.ts";

// A clock costs too much to look at each time.
const MEASURED_TURNS = 64;

/** The echo of one socket, driven by its events. */
export class CallbackEcho implements Echo, SocketSink {
  bytesIn = 0;
  bytesOut = 0;
  bytesDiscarded = 0;
  #socket: BunSocket<SocketSink>;
  #maxBytes: number;
  #meter: Meter;
  #turn = 0;
  #startedAt = 0;
  // Received and not yet taken by the kernel: what one write left over, and
  // what was on its way when the socket was paused.
  #pending: Uint8Array[] = [];
  #ended = false;
  #draining = false;
  #finSent = false;
  #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  /**
   * @param socket the socket.
   * @param maxBytes how many bytes are echoed; `Infinity` for no limit.
   * @param meter told how long some of the echoes take.
   */
  constructor(
    socket: BunSocket<SocketSink>,
    maxBytes: number,
    meter: Meter,
  ) {
    this.#socket = socket;
    this.#maxBytes = maxBytes;
    this.#meter = meter;
  }

  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  get isPending(): boolean {
    return this.bytesOut < this.bytesIn;
  }

  get isBlocked(): boolean {
    return this.isPending;
  }

  onData(chunk: Uint8Array): void {
    if (this.#finSent) {
      this.bytesDiscarded += chunk.length;
      return;
    }
    this.bytesIn += chunk.length;
    if (this.bytesIn > this.#maxBytes) chunk = this.#cut(chunk);
    if (this.#pending.length > 0) {
      if (chunk.length > 0) this.#pending.push(chunk);
      return;
    }
    if (this.#turn++ % MEASURED_TURNS === 0) {
      this.#startedAt = performance.now();
    }
    const written = this.#write(chunk);
    if (written < chunk.length) {
      this.#pending.push(chunk.subarray(written));
      this.#socket.pause();
      return;
    }
    if (this.#startedAt > 0) this.#measure();
    if (this.bytesIn >= this.#maxBytes) {
      this.#sendFin();
    }
  }

  #measure(): void {
    this.#meter.observe(performance.now() - this.#startedAt);
    this.#startedAt = 0;
  }

  #cut(chunk: Uint8Array): Uint8Array {
    const excess = this.bytesIn - this.#maxBytes;
    this.bytesIn -= excess;
    this.bytesDiscarded += excess;
    return chunk.subarray(0, chunk.length - excess);
  }

  // Bun says -1 when the peer is gone; a paused socket hears of it no other way.
  #write(chunk: Uint8Array): number {
    const written = this.#socket.write(chunk);
    if (written < 0) {
      this.#finished.reject(new ResetError());
      return 0;
    }
    this.bytesOut += written;
    return written;
  }

  onDrain(): void {
    if (this.#pending.length === 0) return;
    while (this.#pending.length > 0) {
      const chunk = this.#pending[0];
      const written = this.#write(chunk);
      if (written < chunk.length) {
        this.#pending[0] = chunk.subarray(written);
        return;
      }
      this.#pending.shift();
    }
    if (this.#startedAt > 0) this.#measure();
    this.#socket.resume();
    this.#advance();
  }

  onEnd(): void {
    this.#ended = true;
    this.#advance();
  }

  onClose(error?: Error): void {
    if (error) this.#finished.reject(error);
    else this.#finished.resolve();
  }

  // Sends FIN once everything is written and no more is wanted.
  #advance(): void {
    if (this.#pending.length > 0) return;
    if (this.#ended) {
      this.#sendFin();
      this.#finished.resolve();
    } else if (this.#draining || this.bytesIn >= this.#maxBytes) {
      this.#sendFin();
    }
  }

  #sendFin(): void {
    if (this.#finSent) return;
    this.#finSent = true;
    this.#socket.shutdown();
  }

  drain(): void {
    this.#draining = true;
    this.#advance();
  }
}
