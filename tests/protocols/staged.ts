/**
 * Echoes with stages that are made for a test.
 *
 * @module
 */

import type { Hit } from "../../src/faults/plan.ts";
import type { Stage, StageControl } from "../../src/faults/stage.ts";
import {
  StagedEcho,
  type StagedEchoOptions,
} from "../../src/protocols/staged_echo.ts";
import { FakeConn, FakeMeter, inTime, textOf } from "../fake_conn.ts";

/** What a stage may do. */
export type Control = Omit<StageControl, "decide">;

/** A fault that was made for a test. */
export function hit(
  start: (control: Control) => Stage,
  after: Hit["after"] = { bytes: 0 },
): Hit {
  return { fault: { kind: "mute" }, after, start };
}

/** Delays each chunk by its own time, the last one by the last time. */
export function delays(...ms: number[]): Hit {
  return hit(() => ({
    pass(piece) {
      const delay = ms.length > 1 ? ms.shift()! : ms[0];
      return [{ ...piece, dueAt: piece.dueAt + delay }];
    },
  }));
}

/** Starts an echo with faults. */
export function start(...hits: Hit[]) {
  return startWith({ hits });
}

/** Starts an echo with any options. */
export function startWith(options: Partial<StagedEchoOptions>) {
  const conn = new FakeConn();
  const received: string[] = [];
  /** What was called on the connection when a fault ended it. */
  const faults: string[] = [];
  const meter = new FakeMeter();
  const echo = new StagedEcho(conn, {
    maxBytes: Infinity,
    hits: [],
    onReceive: (data) => received.push(textOf(data)),
    onFault: () => faults.push(conn.calls.join()),
    meter,
    ...options,
  });
  const finish = () => inTime(echo.finished, "the end of the echo");
  const counters = () => [echo.bytesIn, echo.bytesOut, echo.bytesDiscarded];
  return { conn, echo, meter, received, faults, finish, counters };
}
