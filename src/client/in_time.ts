/**
 * Waits that do not take for ever.
 *
 * @module
 */

import { startTimer } from "../timer.ts";
import { ExchangeError, failureOf } from "./failure.ts";

/**
 * Waits for a connection to be opened.
 *
 * @param opening the connection.
 * @param timeoutMs how long it may take; 0: for ever.
 * @param drop what is done with one that comes too late.
 * @returns the connection.
 * @throws {ExchangeError} if it fails, or takes longer.
 */
export async function inTime<T>(
  opening: Promise<T>,
  timeoutMs: number,
  drop: (late: T) => void,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = startTimer(timeoutMs || Infinity, () => {
    opening.then(drop, () => {});
    const message = `no connection within ${timeoutMs} ms`;
    reject(new ExchangeError("timeout", message));
  });
  try {
    return await Promise.race([opening, late]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    cancel();
  }
}
