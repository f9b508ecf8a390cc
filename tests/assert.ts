/**
 * Assertions: `@std/assert`, or the same names over `node:assert` where JSR
 * does not answer or the runtime resolves no `jsr:` import.
 *
 * @module
 */

import node from "node:assert/strict";

type ErrorClass = abstract new (...args: never[]) => Error;

const builtin = {
  assert(condition: unknown, message?: string): asserts condition {
    node.ok(condition, message);
  },
  assertEquals<T>(actual: T, expected: T, message?: string): void {
    node.deepEqual(actual, expected, message);
  },
  assertMatch(actual: string, expected: RegExp, message?: string): void {
    node.match(actual, expected, message);
  },
  assertThrows(
    run: () => unknown,
    kind: ErrorClass,
    part = "",
    message?: string,
  ): void {
    node.throws(run, (error) => fits(error, kind, part), message);
  },
  async assertRejects(
    run: () => PromiseLike<unknown>,
    kind: ErrorClass,
    part = "",
    message?: string,
  ): Promise<void> {
    const promise = async () => await run();
    await node.rejects(promise, (error) => fits(error, kind, part), message);
  },
};

function fits(error: unknown, kind: ErrorClass, part: string): boolean {
  node.ok(error instanceof kind, `unexpected error: ${error}`);
  node.ok(
    error.message.includes(part),
    `"${error.message}" does not include "${part}"`,
  );
  return true;
}

// Typed by the stand-in, so that `asserts` survives.
const std: typeof builtin = await import("@std/assert").catch(() => builtin);

/** Asserts that something is true. */
export const assert: typeof builtin.assert = std.assert;
/** Asserts deep equality. */
export const assertEquals: typeof builtin.assertEquals = std.assertEquals;
/** Asserts that a text fits a pattern. */
export const assertMatch: typeof builtin.assertMatch = std.assertMatch;
/** Asserts that a call throws an error of a class, with a text in it. */
export const assertThrows: typeof builtin.assertThrows = std.assertThrows;
/** The same of a promise. */
export const assertRejects: typeof builtin.assertRejects = std.assertRejects;
