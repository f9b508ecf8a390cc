/**
 * What a fault of single datagrams or messages may do to a connection.
 *
 * @module
 */

import type { StageControl } from "./stage.ts";

/** Nothing: there is no connection that is theirs. */
export const NO_CONTROL: Omit<StageControl, "decide"> = {
  end: () => {},
  abort: () => {},
  abortNow: () => {},
  stopReading: () => {},
  after: () => {},
};
