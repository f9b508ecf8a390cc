/**
 * What plays one connection of a load: types only.
 *
 * @module
 */

import type { Runtime } from "../../host.ts";
import type { Noise } from "../noise.ts";
import type { Pace } from "./pace.ts";
import type { LoadPlan } from "./plan.ts";
import type { Tally } from "./tally.ts";

/** What the players of a thread have in common. */
export interface Game {
  /** The runtime whose connections they use. */
  readonly runtime: Runtime;
  /** What is to be done. */
  readonly plan: LoadPlan;
  /** What is sent. */
  readonly noise: Noise;
  /** What has come of it. */
  readonly tally: Tally;
  /** When it is sent; until the start, nobody asks. */
  pace: Pace;
  /** The clock. */
  readonly now: () => number;
}

/** What plays one connection. */
export interface Player {
  /** How many messages it has begun. */
  readonly begun: number;
  /** Whether it waits for an answer. */
  readonly isBusy: boolean;
  /** How long the latest answer took from when its message was sent. */
  readonly roundTripMs: number;
  /**
   * Opens the connection.
   *
   * @throws {ExchangeError} if that fails.
   */
  open(): Promise<void>;
  /**
   * Sends what there is to send, from now on.
   *
   * @param place its place among those that are open, from 0 on.
   */
  start(place: number): void;
  /** A message is due. */
  wake(now: number): void;
  /** Looks for answers that take too long. */
  check(now: number): void;
  /** Tells when each message on its way has begun. */
  tellWaiting(tell: (start: number) => void): void;
  /** Begins no message any more. */
  stop(): void;
  /** Closes the connection. */
  close(): void;
}
