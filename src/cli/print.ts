/**
 * Lines on standard output, for as long as somebody reads them.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { errorCode } from "../errors.ts";

const STDOUT = 1;

/**
 * Prints a line.
 *
 * @param line the line, without its end.
 * @returns whether there is still somebody to read, which `console.log` would
 * not tell of a pipe.
 */
export function printLine(line: string): boolean {
  let rest = new TextEncoder().encode(`${line}\n`);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest));
  } catch (error) {
    if (errorCode(error) === "EPIPE") return false;
    // A pipe that is full at the moment, for one: others know how to wait.
    console.log(new TextDecoder().decode(rest).trimEnd());
  }
  return true;
}
