/**
 * What clients have in common whose one connection carries one message after
 * another, and is of no use any more once something has gone wrong.
 *
 * @module
 */

import { Answer } from "./answer.ts";
import type { EchoClient, Message } from "./client.ts";
import { closed, type ExchangeError } from "./failure.ts";

/** A client whose first failure is its end. */
export abstract class ConnectedClient implements EchoClient {
  failure?: ExchangeError;
  #timeoutMs: number;
  #answer?: Answer;

  /** @param timeoutMs how long an answer may take; 0: for ever. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Sends a message. */
  protected abstract send(bytes: Uint8Array<ArrayBuffer>): void;

  /** Ends the connection. Idempotent. */
  protected abstract hangUp(): void;

  /** The answer that is waited for. */
  protected get waiting(): Answer | undefined {
    return this.#answer?.isWhole ? undefined : this.#answer;
  }

  async exchange({ bytes }: Message): Promise<void> {
    if (this.failure) throw this.failure;
    const answer = new Answer(bytes, this.#timeoutMs);
    this.#answer = answer;
    this.send(bytes);
    try {
      await answer.whole;
    } catch (error) {
      // What comes after this would be taken for the next answer.
      this.fail(error as ExchangeError);
      throw error;
    }
  }

  /** Nothing more is to be expected. */
  protected fail(failure: ExchangeError): void {
    this.failure ??= failure;
    this.#answer?.fail(failure);
    this.close();
  }

  close(): void {
    this.failure ??= closed();
    this.hangUp();
  }
}
