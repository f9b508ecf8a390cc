/**
 * When messages are sent.
 *
 * @module
 */

/** Says when a connection may send its next message. */
export interface Pace {
  /**
   * Asks for a connection's next message.
   *
   * @param connection the connection's place, from 0 on.
   * @param nth how many messages it has begun before.
   * @param now the time, in milliseconds.
   * @returns when the message's time begins, or -1 if it is not due yet.
   */
  next(connection: number, nth: number, now: number): number;
  /** Looks at the clock, and wakes connections whose next message is due. */
  look?(now: number): void;
}

/** Sends as soon as there is room: a closed loop. */
export const AT_ONCE: Pace = { next: (_connection, _nth, now) => now };

/** A timer comes this late even if nobody is to blame for it. */
export const GRAIN_MS = 2;

/**
 * Sends at a rate, whatever the server does: an open loop. A message's time
 * begins when it is due, so that a server which keeps a connection waiting is
 * charged with all messages that wait for it as well; measured from when they
 * could be sent at last, they would look fast ("coordinated omission").
 *
 * Messages are due one after another, each on the next connection. Those that
 * wait are no more than a difference of two numbers.
 */
export class SteadyPace implements Pace {
  #startedAt: number;
  #intervalMs: number;
  #connections: number;
  #wake: (connection: number, now: number) => void;
  #due = 0;
  // What has become due since the clock was looked at before: nobody could have
  // sent it earlier, so that its time begins at the look.
  #freshFrom = Infinity;
  #freshAt = 0;

  /**
   * @param rate messages a second.
   * @param connections how many connections share it.
   * @param startedAt when the first is due.
   * @param wake called for connections that have something to send.
   */
  constructor(
    rate: number,
    connections: number,
    startedAt: number,
    wake: (connection: number, now: number) => void,
  ) {
    this.#intervalMs = 1000 / rate;
    this.#connections = connections;
    this.#startedAt = startedAt;
    this.#wake = wake;
  }

  /** How many messages have become due. */
  get due(): number {
    return this.#due;
  }

  next(connection: number, nth: number): number {
    const message = nth * this.#connections + connection;
    if (message >= this.#due) return -1;
    return message >= this.#freshFrom ? this.#freshAt : this.#dueAt(message);
  }

  look(now: number): void {
    const elapsed = now - this.#startedAt;
    const due = Math.floor(elapsed / this.#intervalMs) + 1;
    const first = this.#due;
    if (due <= first) return;
    const isOnTime = now - this.#dueAt(first) <= GRAIN_MS;
    this.#due = due;
    this.#freshFrom = isOnTime ? first : Infinity;
    this.#freshAt = now;
    const last = Math.min(due, first + this.#connections);
    for (let message = first; message < last; message++) {
      this.#wake(message % this.#connections, now);
    }
  }

  /** How many messages of a connection are due by a time. */
  dueBy(connection: number, time: number): number {
    const all = Math.floor((time - this.#startedAt) / this.#intervalMs) + 1;
    return Math.max(Math.ceil((all - connection) / this.#connections), 0);
  }

  /** When a connection's message is due. */
  dueAt(connection: number, nth: number): number {
    return this.#dueAt(nth * this.#connections + connection);
  }

  #dueAt(message: number): number {
    return this.#startedAt + message * this.#intervalMs;
  }
}
