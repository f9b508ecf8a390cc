/**
 * Waits for something, and says what there was instead.
 *
 * @module
 */

import { startTimer } from "./timer.ts";

/**
 * How long to wait.
 *
 * @example A patient wait
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * using client = await Deno.connect({ port: server.port });
 * await server.waitForConnection(1, { timeoutMs: 30_000 });
 * console.log(client.localAddr);
 * ```
 */
export interface WaitOptions {
  /**
   * Milliseconds.
   *
   * @default {5000}
   */
  readonly timeoutMs?: number;
}

/**
 * A wait that was in vain; the message says what there was instead.
 *
 * @example Nobody comes
 * ```ts
 * import { serveEcho, WaitError } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * try {
 *   await server.waitForConnection(1, { timeoutMs: 10 });
 * } catch (error) {
 *   console.log(error instanceof WaitError); // true
 * }
 * ```
 */
export class WaitError extends Error {
  /** The name of the class. */
  override name = "WaitError";
}

const DEFAULT_TIMEOUT_MS = 5000;
const LONGEST_SHOWN = 64;

/** What a wait is about. */
export interface WaitSubject extends WaitOptions {
  /** Calls back after every change; gives back what ends that. */
  readonly watch: (check: () => void) => () => void;
  /** Whether it can no longer happen. */
  readonly isHopeless: () => boolean;
  /** What is waited for, and what there is. */
  readonly describe: () => string;
}

/**
 * Waits until something is so.
 *
 * @param isSo tells whether it is.
 * @param subject what it is about, and how long to wait.
 * @throws {WaitError} if it is not so in time, or can no longer be.
 */
export async function waitUntil(
  isSo: () => boolean,
  { timeoutMs = DEFAULT_TIMEOUT_MS, watch, isHopeless, describe }: WaitSubject,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = () => {
    if (isSo()) resolve();
    else if (isHopeless()) reject(new WaitError(`Waited for ${describe()}`));
  };
  const unwatch = watch(check);
  const cancel = startTimer(timeoutMs, () => {
    reject(new WaitError(`Waited ${timeoutMs} ms for ${describe()}`));
  });
  check();
  try {
    await promise;
  } finally {
    cancel();
    unwatch();
  }
}

/** Bytes for an error: their number, and the first of them as text. */
export function describeBytes(bytes: Uint8Array): string {
  const shown = new TextDecoder().decode(bytes.subarray(0, LONGEST_SHOWN));
  const more = bytes.length > LONGEST_SHOWN ? "..." : "";
  return `${bytes.length} bytes ${JSON.stringify(shown)}${more}`;
}
