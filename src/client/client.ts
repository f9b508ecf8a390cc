/**
 * What every client of an echo server is, whatever it speaks: types only.
 *
 * @module
 */

import type { Runtime, Trust } from "../host.ts";
import type { ExchangeError } from "./failure.ts";

/** A message that is to come back as it is. */
export interface Message {
  /** Its number, from 1 on. */
  readonly number: number;
  /** What it says; at least one byte. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A connection to an echo server, for one message at a time. */
export interface EchoClient {
  /** Why it is of no use any more, once that is so. */
  readonly failure?: ExchangeError;
  /**
   * Sends a message and waits until the same has come back.
   *
   * @throws {ExchangeError} if it does not.
   */
  exchange(message: Message): Promise<void>;
  /** Closes the connection. Idempotent. */
  close(): void;
}

/** An answer that nobody waits for any more. */
export interface Stray {
  /** Whether it is the first one to its message, too late, or another one. */
  readonly kind: "late" | "duplicate";
  /** The message's number. */
  readonly number: number;
}

/** How a client is opened. */
export interface ClientOptions extends Trust {
  /** The runtime whose connections it uses. */
  readonly runtime: Runtime;
  /** How long a connection or an answer may take; 0: for ever. */
  readonly timeoutMs: number;
  /** Told of datagrams that come twice, or too late. */
  readonly onStray?: (stray: Stray) => void;
}
