/**
 * Connections for a watchdog to look at.
 *
 * @module
 */

import { Connection } from "../src/connection.ts";
import { DEFAULT_LIMITS, type Limits } from "../src/limits.ts";
import { Watchdog } from "../src/watchdog.ts";
import { FakeConn, fakeConnection, FakeEcho, GUEST } from "./fake_conn.ts";

/** Only what a test asks for, and the timeout of headers. */
export const NO_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  idleTimeoutMs: 0,
  writeTimeoutMs: 0,
};

/** Watches one connection until the end of the test. */
export function watch(limits: Partial<Limits>, connection: Connection) {
  const watchdog = new Watchdog(
    { ...NO_LIMITS, ...limits },
    new Set([connection]),
  );
  watchdog.watch();
  return { watchdog, [Symbol.dispose]: () => watchdog.stop() };
}

/** An echo that has moved another byte whenever it is looked at. */
class BusyEcho extends FakeEcho {
  /** How often its counters were read. */
  looks = 0;

  /**
   * @param conn keeps the calls.
   * @param busyLooks after how many looks it falls silent.
   */
  constructor(conn: FakeConn, busyLooks = Infinity) {
    super(conn);
    const bytes = { get: () => Math.min(this.looks, busyLooks) };
    const looked = { get: () => (this.looks++, 0) };
    Object.defineProperties(this, {
      bytesIn: bytes,
      bytesOut: bytes,
      bytesDiscarded: looked,
    });
  }
}

/** A connection on which there is traffic. */
export function busy(busyLooks?: number) {
  const conn = new FakeConn();
  const echo = new BusyEcho(conn, busyLooks);
  return { conn, echo, connection: new Connection(GUEST, conn, echo) };
}

/** A connection whose peer does not read. */
export function blocked() {
  const faked = fakeConnection();
  faked.echo.isPending = faked.echo.isBlocked = true;
  return faked;
}

/** A connection with a script of how long it was quiet at each look. */
export class Scripted extends Connection {
  /** What is left of it, in milliseconds. */
  script: number[] = [];
  /** How long ago it ended. */
  endedMsAgo = 0;

  override get endedAt(): number {
    return performance.now() - this.endedMsAgo;
  }

  override quietMs(): number {
    return this.script.shift() ?? 0;
  }
}

/** A connection that was quiet for so long, look by look. */
export function scripted(...script: number[]) {
  const conn = new FakeConn();
  const echo = new FakeEcho(conn);
  const connection = new Scripted(GUEST, conn, echo);
  connection.script = script;
  return { conn, echo, connection };
}
