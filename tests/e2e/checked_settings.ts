/**
 * What `--check` prints, for tests to read.
 *
 * @module
 */

import { readDuration } from "../../src/units.ts";

/** The seconds of a setting that is a duration. */
export function secondsOf(settings: string, key: string): number {
  const [, text] = new RegExp(`^${key} +(\\S+)`, "m").exec(settings)!;
  return readDuration(text) / 1000;
}
