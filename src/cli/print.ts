/**
 * Lines on standard output, for as long as somebody reads them.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { errorCode, errorText } from "../errors.ts";

const STDOUT = 1;

// A pipe that is full at the moment: others know how to wait.
const FULL = new Set(["EAGAIN", "EWOULDBLOCK"]);

/**
 * Prints a line.
 *
 * @param line the line, without its end.
 * @returns whether there is still somebody to read, which `console.log` would
 * not tell of a pipe.
 * @throws if it cannot be written, as on a full disk.
 */
export function printLine(line: string): boolean {
  const { writeSync } = builtin("node:fs");
  let rest = new TextEncoder().encode(`${line}\n`);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest));
  } catch (error) {
    if (errorCode(error) === "EPIPE") return false;
    if (!FULL.has(errorCode(error) ?? "")) {
      const message = `Cannot write to standard output: ${errorText(error)}`;
      throw new Error(message, { cause: error });
    }
    console.log(new TextDecoder().decode(rest).trimEnd());
  }
  return true;
}

/** What a command prints while it has something else to do. */
export class Printer {
  #stop: () => void;
  #error?: unknown;

  /** @param stop called once there is nothing to go on for. */
  constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** Prints a line. */
  print(line: string): void {
    if (this.#error !== undefined) return;
    try {
      if (!printLine(line)) this.#stop();
    } catch (error) {
      // Thrown from a timer, it would end more than the command.
      this.#error = error;
      this.#stop();
    }
  }

  /**
   * Makes sure that all of it was written.
   *
   * @throws if it was not.
   */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}
