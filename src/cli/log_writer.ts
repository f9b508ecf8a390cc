/**
 * Writes log lines without ever holding up the server.
 *
 * @module
 */

import { Pauses } from "../timer.ts";

// What may wait while nobody reads standard error, in characters.
const LARGEST_QUEUE = 1024 * 1024;
// How long the end of the program waits for whoever reads the log.
const LONGEST_FLUSH_MS = 1000;
// A write, which on Deno goes to a thread of its own, costs far more than a line.
const GATHERING_MS = 10;

/**
 * Queues lines and writes them in batches: the first at once, and what follows
 * within 10 ms together, which is what a process that is killed takes with it.
 * When they are not taken, at most 1 MiB waits and the rest is dropped and
 * counted; when there is nobody left to read them, the log ends and the server
 * goes on.
 */
export class LogWriter {
  #write: (text: string) => Promise<void>;
  #describeLoss: (dropped: number) => string;
  #queue = "";
  #dropped = 0;
  #broken = false;
  #writing?: Promise<void>;
  #gathering = new Pauses();
  #isFlushing = false;

  /**
   * @param write writes text; its promise rejects when nobody can read it.
   * @param describeLoss makes the line that tells how many lines are missing.
   */
  constructor(
    write: (text: string) => Promise<void>,
    describeLoss: (dropped: number) => string,
  ) {
    this.#write = write;
    this.#describeLoss = describeLoss;
  }

  /** Queues a line. */
  line(line: string): void {
    if (this.#broken) return;
    if (this.#queue.length + line.length > LARGEST_QUEUE) this.#dropped++;
    else this.#queue += line + "\n";
    if (this.#queue !== "") this.#writing ??= this.#drain();
  }

  /** Waits until everything is written, for one second at most. */
  async flush(): Promise<void> {
    this.#isFlushing = true;
    this.#gathering.end();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_FLUSH_MS);
    });
    await Promise.race([this.#writing, patience]);
    clearTimeout(timer);
    this.#isFlushing = false;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#queue !== "") {
        const batch = this.#queue;
        this.#queue = "";
        await this.#write(batch);
        if (!this.#isFlushing) await this.#gathering.pause(GATHERING_MS);
        if (this.#dropped > 0) {
          this.#queue = this.#describeLoss(this.#dropped) + "\n" + this.#queue;
          this.#dropped = 0;
        }
      }
    } catch {
      // There is no place left to say it: standard error is closed.
      this.#broken = true;
      this.#queue = "";
    } finally {
      this.#writing = undefined;
    }
  }
}
