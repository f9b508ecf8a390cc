/**
 * One connection as the server knows it.
 *
 * @module
 */

import type { EchoConnection, EndReason, Protocol } from "./echo_connection.ts";
import type { Guest } from "./guest.ts";
import { formatPeer } from "./listen_url.ts";
import type { Addr, Conn, Echo, NetAddr, TlsSession } from "./net.ts";
import type { Recording } from "./recording.ts";
import { describeBytes, type WaitOptions, waitUntil } from "./wait.ts";

/** One connection as the server knows it. */
export class Connection implements EchoConnection {
  /** Who the client is. */
  readonly guest: Guest;
  /** The socket. */
  readonly conn: Conn;
  /** What goes on over it. */
  readonly echo: Echo;
  /** When its echo began, on the clock of `performance.now()`. */
  readonly openedAt: number = performance.now();

  #recording?: Recording;
  #reason?: EndReason;
  #endedAt = Infinity;
  // Made for whoever asks, since an idle connection need not have one.
  #closed?: PromiseWithResolvers<EndReason>;
  #isOver = false;
  #progress = 0;
  #progressAt = this.openedAt;

  /**
   * @param guest who the client is.
   * @param conn the socket.
   * @param echo what goes on over it.
   * @param recording what it receives, if that is kept.
   */
  constructor(
    guest: Guest,
    conn: Conn,
    echo: Echo,
    recording?: Recording,
  ) {
    this.guest = guest;
    this.conn = conn;
    this.echo = echo;
    this.#recording = recording;
  }

  get id(): number {
    return this.guest.id;
  }

  get client(): NetAddr | undefined {
    return this.guest.client;
  }

  get tls(): TlsSession | undefined {
    return this.guest.tls;
  }

  get protocol(): Protocol {
    return this.guest.protocol;
  }

  get peer(): Addr {
    return this.conn.remoteAddr;
  }

  get ageMs(): number {
    return performance.now() - this.openedAt;
  }

  get bytesIn(): number {
    return this.echo.bytesIn;
  }

  get bytesOut(): number {
    return this.echo.bytesOut;
  }

  get reason(): EndReason | undefined {
    return this.#reason;
  }

  get closed(): Promise<EndReason> {
    if (!this.#closed) {
      this.#closed = Promise.withResolvers();
      if (this.#isOver) this.settle();
    }
    return this.#closed.promise;
  }

  /** When the reason became known, on the clock of `performance.now()`. */
  get endedAt(): number {
    return this.#endedAt;
  }

  get received(): Uint8Array<ArrayBuffer> {
    return this.#recorded().bytes;
  }

  text(): string {
    return new TextDecoder().decode(this.received);
  }

  async waitForBytes(
    what: number | Uint8Array | RegExp,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const recording = this.#recorded();
    await waitUntil(finder(recording, what), {
      ...options,
      watch: (check) => {
        this.closed.then(check);
        return recording.watch(check);
      },
      // What comes after the limit is not kept.
      isHopeless: () => this.#isOver || recording.missed > 0,
      describe: () => {
        const state = this.#isOver ? `over (${this.#reason})` : "open";
        const missed = recording.missed > 0
          ? `, and ${recording.missed} more that the limit left out`
          : "";
        return `${describeWanted(what)} on connection ${this.id} from ` +
          `${formatPeer(this.peer)}, which is ${state} and has received ` +
          `${describeBytes(recording.bytes)}${missed}`;
      },
    });
    return recording.bytes;
  }

  /** Notes why the connection ends; the first reason stays. */
  end(reason: EndReason): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#endedAt = performance.now();
  }

  /** Closes the socket. */
  close(): void {
    this.conn.close();
    this.echo.stop?.();
  }

  abort(reason: EndReason = "fault"): void {
    this.end(reason);
    this.conn.abort();
    this.echo.stop?.();
  }

  /** Tells those who wait that the connection is over. */
  settle(): void {
    this.#isOver = true;
    this.#closed?.resolve(this.#reason ?? "error");
  }

  /**
   * How long nothing has moved. Compares byte counters with those of the last
   * call, so that the echo itself need not look at a clock.
   *
   * @param now the time, on the clock of `performance.now()`.
   * @returns milliseconds since a call first saw the present counters.
   */
  quietMs(now: number): number {
    const { bytesIn, bytesOut, bytesDiscarded } = this.echo;
    const progress = bytesIn + bytesOut + bytesDiscarded;
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#progressAt = now;
    }
    return now - this.#progressAt;
  }

  #recorded(): Recording {
    if (this.#recording) return this.#recording;
    throw new TypeError(
      "Cannot look at received bytes: start the server with record: true",
    );
  }
}

/** Makes a test of whether something has been received. */
function finder(
  recording: Recording,
  what: number | Uint8Array | RegExp,
): () => boolean {
  if (typeof what === "number") return () => recording.length >= what;
  if (what instanceof RegExp) {
    // A sticky or global pattern remembers where it was.
    const pattern = new RegExp(what.source, what.flags.replace(/[gy]/g, ""));
    return () => pattern.test(new TextDecoder().decode(recording.view));
  }
  if (!(what instanceof Uint8Array)) {
    // Not everybody has types checked.
    throw new TypeError(
      `Cannot wait for ${JSON.stringify(what)}: ` +
        "expected a number of bytes, a Uint8Array or a RegExp",
    );
  }
  let from = 0;
  return () => {
    const { buffer, length } = recording.view;
    // Not imported, so that a server on Deno starts without it.
    const bytes = globalThis.Buffer.from(buffer, 0, length);
    const found = bytes.indexOf(what, from) >= 0;
    // The end may be the beginning of it.
    from = Math.max(length - what.length + 1, 0);
    return found;
  };
}

function describeWanted(what: number | Uint8Array | RegExp): string {
  if (typeof what === "number") return `${what} bytes`;
  return what instanceof RegExp ? `${what}` : describeBytes(what);
}
