/**
 * Server-sent events: the status, again and again.
 *
 * @module
 */

import { HttpError } from "./answers.ts";

/** How events are sent. */
export interface EventOptions {
  /** Makes the data of an event, one line. */
  readonly report: () => string;
  /** Told of what goes wrong; the streams go on. */
  readonly onError: (error: unknown) => void;
  /**
   * Milliseconds from one event to the next.
   *
   * @default {1000}
   */
  readonly everyMs?: number;
  /**
   * Streams at once.
   *
   * @default {64}
   */
  readonly mostStreams?: number;
}

type Controller = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

/** All streams of events, fed by one timer. */
export class EventStreams {
  #report: () => string;
  #onError: (error: unknown) => void;
  #everyMs: number;
  #mostStreams: number;
  #controllers = new Set<Controller>();
  #timer?: ReturnType<typeof setInterval>;
  #isClosed = false;

  /** @param options what is sent, and how often. */
  constructor(
    { report, onError, everyMs = 1000, mostStreams = 64 }: EventOptions,
  ) {
    this.#report = report;
    this.#onError = onError;
    this.#everyMs = everyMs;
    this.#mostStreams = mostStreams;
  }

  /** How many streams are open. */
  get size(): number {
    return this.#controllers.size;
  }

  /**
   * Opens a stream, which has its first event at once and ends when its client
   * goes, as both runtimes cancel it then.
   *
   * @returns an answer whose body is the stream.
   * @throws {HttpError} with 503 if there are too many.
   */
  open(): Response {
    if (this.#isClosed || this.size >= this.#mostStreams) {
      throw new HttpError(
        503,
        this.#isClosed
          ? "Cannot send events: the server stops"
          : `Cannot send events: expected at most ${this.#mostStreams} ` +
            "clients at once, so close one, or ask /api/status",
        { "retry-after": "5" },
      );
    }
    const first = this.#event();
    let end = () => {};
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        end = () => this.#end(controller);
        this.#controllers.add(controller);
        controller.enqueue(first);
      },
      cancel: () => end(),
    });
    this.#timer ??= setInterval(() => this.#send(), this.#everyMs);
    return new Response(stream, {
      headers: { "content-type": "text/event-stream" },
    });
  }

  /**
   * Ends all streams; there will be no more.
   *
   * @returns whether there were any.
   */
  close(): boolean {
    const hadSome = this.#controllers.size > 0;
    this.#isClosed = true;
    for (const controller of [...this.#controllers]) this.#end(controller);
    return hadSome;
  }

  #event(): Uint8Array<ArrayBuffer> {
    const text = `event: status\ndata: ${this.#report()}\n\n`;
    return new TextEncoder().encode(text);
  }

  #send(): void {
    const readers = [...this.#controllers].filter(({ desiredSize }) =>
      // Who has not read the last event gets none until then.
      desiredSize !== null && desiredSize > 0
    );
    if (readers.length === 0) return;
    try {
      const event = this.#event();
      for (const controller of readers) controller.enqueue(event.slice());
    } catch (error) {
      this.#onError(error);
    }
  }

  #end(controller: Controller): void {
    if (!this.#controllers.delete(controller)) return;
    try {
      controller.close();
    } catch {
      // It was cancelled, and is closed by that.
    }
    if (this.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
