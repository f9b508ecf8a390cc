/**
 * Faults as clients of the status server send them.
 *
 * @module
 */

import { errorText } from "../errors.ts";
import { checkFault, parseFault } from "../faults/grammar.ts";
import type { Fault } from "../faults/types.ts";
import { HttpError } from "./answers.ts";

const MOST_BYTES = 64 * 1024;

const EXPECTED = "expected a JSON array of faults, such as " +
  '[{"kind":"mute"}] or ["latency:ms=100"]';

/**
 * Reads faults from the body of a request.
 *
 * @returns the faults.
 * @throws {HttpError} with 413 if the body is too long, and with 400 if it
 * says no faults.
 */
export async function readFaultBody(request: Request): Promise<Fault[]> {
  let list: unknown;
  const bytes = await readBytes(request);
  try {
    list = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new HttpError(400, `Cannot read the body: ${EXPECTED}`);
  }
  if (!Array.isArray(list)) {
    throw new HttpError(400, `Cannot use the body: ${EXPECTED}`);
  }
  return list.map(readOne);
}

function readOne(fault: unknown, at: number): Fault {
  // Something deep would not fit into a message, nor onto the stack.
  if (!isFlat(fault)) {
    throw new HttpError(
      400,
      `Cannot use fault number ${at + 1}: expected its values to be numbers ` +
        "or texts",
    );
  }
  try {
    return typeof fault === "string" ? parseFault(fault) : checkFault(fault);
  } catch (error) {
    const shown = JSON.stringify(fault);
    throw new HttpError(400, `Cannot use fault ${shown}: ${errorText(error)}`);
  }
}

function isFlat(fault: unknown): boolean {
  if (typeof fault !== "object" || fault === null) return true;
  return Object.values(fault).every((value) => typeof value !== "object");
}

async function readBytes({ headers, body }: Request) {
  const bytes = new Uint8Array(MOST_BYTES);
  let length = 0;
  if (Number(headers.get("content-length")) > MOST_BYTES) {
    await body?.cancel();
    throw tooLong();
  }
  try {
    // Leaving the loop cancels what is left of the body.
    for await (const chunk of body ?? []) {
      if (length + chunk.length > MOST_BYTES) throw tooLong();
      bytes.set(chunk, length);
      length += chunk.length;
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, `Cannot read the body: ${errorText(error)}`);
  }
  return bytes.subarray(0, length);
}

function tooLong(): HttpError {
  return new HttpError(
    413,
    `Cannot read the body: expected at most ${MOST_BYTES} bytes`,
  );
}
