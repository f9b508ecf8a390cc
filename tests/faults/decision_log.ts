/**
 * Fault logs in files that are gone after the test.
 *
 * @module
 */

import { OptionError } from "../../src/errors.ts";
import { readFaultLog } from "../../src/faults/decisions.ts";
import { assertThrows } from "../assert.ts";

/** A file for a fault log. */
export interface TemporaryLog extends Disposable {
  /** Where it is. */
  readonly path: string;
  /** Writes lines in place of all that is there. */
  write(...lines: readonly object[]): void;
}

/** Makes an empty file for a fault log. */
export function temporaryLog(): TemporaryLog {
  const path = Deno.makeTempFileSync({ prefix: "echod-test-" });
  return {
    path,
    write: (...lines) => {
      const text = lines.map((line) => JSON.stringify(line)).join("\n");
      Deno.writeTextFileSync(path, text);
    },
    [Symbol.dispose]: () => Deno.removeSync(path),
  };
}

/** Fails unless the third line of a log is refused, behind two good ones. */
export function assertNoDecision(
  log: TemporaryLog,
  good: readonly [object, object],
  wrong: object,
): void {
  log.write(...good, wrong);
  const message = `Cannot replay ${log.path}:3: not a decision`;
  const read = () => readFaultLog(log.path);
  assertThrows(read, OptionError, message, JSON.stringify(wrong));
}
