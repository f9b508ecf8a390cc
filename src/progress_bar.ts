/**
 * A progress bar in a terminal: the stand-in for the one of `@std/cli`, which
 * looks the same.
 *
 * @module
 */

/** What a bar shows, besides itself. */
export interface Progress {
  /** How long it has been there, in milliseconds. */
  readonly time: number;
  /** The bar itself. */
  readonly progressBar: string;
}

/** What a bar is made of. */
export interface ProgressBarOptions {
  /** Where it is drawn. */
  readonly writable: WritableStream<Uint8Array>;
  /** The value at which it is full. */
  readonly max: number;
  /** Whether it goes away in the end. */
  readonly clear: boolean;
  /** Makes its line. */
  readonly format: (progress: Progress) => string;
}

/** A bar that draws itself each second. */
export interface ProgressBar {
  /** How far it is. */
  value: number;
  /** Ends it. */
  stop(): Promise<void>;
}

const LENGTH = 50;
const INTERVAL_MS = 1000;
const CLEAR_LINE = "\r\x1b[K";

/** The stand-in. */
export class BuiltinProgressBar implements ProgressBar {
  value = 0;
  #options: ProgressBarOptions;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #startedAt = Date.now();
  #timer: ReturnType<typeof setInterval>;

  /** Draws a bar, empty at first. */
  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.#writer = options.writable.getWriter();
    this.#timer = setInterval(() => this.#draw(), INTERVAL_MS);
    this.#draw();
  }

  async #draw(): Promise<void> {
    const { max, format } = this.#options;
    const share = Math.min(Math.max(this.value / max, 0), 1);
    const filled = Math.trunc(share * LENGTH);
    await this.#write(
      CLEAR_LINE + format({
        time: Date.now() - this.#startedAt,
        progressBar: "#".repeat(filled) + "-".repeat(LENGTH - filled),
      }),
    );
  }

  async #write(text: string): Promise<void> {
    try {
      await this.#writer.write(new TextEncoder().encode(text));
    } catch {
      // A bar that nobody can see is no reason to end.
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#options.clear) await this.#write(CLEAR_LINE);
    else {
      await this.#draw();
      await this.#write("\n");
    }
    this.#writer.releaseLock();
  }
}
