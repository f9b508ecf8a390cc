/**
 * What `bench` says of itself.
 *
 * @module
 */

import { assertEquals } from "../assert.ts";
import type { Target } from "../targets.ts";
import { expectEnd, objectsOf } from "./client_commands.ts";

/** What a bench has to say of itself, as JSON. */
export interface Result {
  readonly open: number;
  readonly echoes: number;
  readonly seconds: number;
  readonly echoesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly timesMs: Readonly<Record<string, number>>;
  readonly afterEnd: number;
  readonly lost: number;
  readonly unsent: number;
  readonly unanswered: { readonly count: number; readonly oldestMs: number };
  readonly late: number;
  readonly duplicates: number;
  readonly errors: readonly { readonly kind: string; readonly count: number }[];
  readonly notOpen: readonly { readonly kind: string }[];
  readonly wrong?: string;
}

/**
 * Runs `bench` on a target.
 *
 * @returns a function that expects an exit code, and gives back the result.
 */
export function benchOn(
  target: Target,
): (code: number, ...args: readonly string[]) => Promise<Result> {
  return async (code, ...args) => {
    const text = await expectEnd(target, ["bench", "--json", ...args], code);
    const objects = objectsOf(text);
    assertEquals(objects.length, 1, text);
    return objects[0] as unknown as Result;
  };
}
