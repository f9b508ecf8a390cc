/**
 * The runtime's HTTP server with limits: runtimes hold as many connections as
 * come, for as long as these say nothing.
 *
 * @module
 */

import { acceptLoop } from "./accept_loop.ts";
import { Decisions } from "./faults/decisions.ts";
import { FaultPlan } from "./faults/plan.ts";
import type { Runtime } from "./host.ts";
import { LocalWeb } from "./http/local_web.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { Metrics } from "./metrics.ts";
import type { Listener, NetAddr } from "./net.ts";
import { Reception } from "./reception.ts";
import type { WebServer, WebServerOptions } from "./web.ts";

// Few people look at a status, and a page that is open hears each second.
const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  maxConnections: 128,
  idleTimeoutMs: 60_000,
};

// What is owed to whoever has asked is the answer.
const OWED = { isOwed: true, isHeld: false };

/**
 * Starts the runtime's HTTP server behind the limits of a listener.
 *
 * @param runtime whose server it is.
 * @param options where it listens, and what it answers.
 * @returns the server.
 * @throws the runtime's error if it does not start.
 */
export async function serveGuarded(
  runtime: Runtime,
  { addr, maxMessage, onRequest, onError }: WebServerOptions,
): Promise<WebServer> {
  const web = await LocalWeb.start(runtime, {
    ...{ maxMessage, onError },
    onRequest: async (request, session, context) => {
      const leave = session.serve(OWED);
      try {
        return await onRequest(request, context);
      } finally {
        leave();
      }
    },
  });
  let listener: Listener;
  try {
    const below: NetAddr = { ...addr, transport: "tcp" };
    listener = await runtime.listen(below, { reset: false });
  } catch (error) {
    await web.close();
    throw error;
  }
  const reception = new Reception({
    limits: LIMITS,
    room: listener.room,
    http: web,
    plan: new FaultPlan([], new Decisions(0)),
    metrics: new Metrics(),
    tell: () => {},
    onIdle: () => {},
  });
  const stopping = new AbortController();
  const accepting = acceptLoop(listener, {
    onConn: (conn) => reception.receive(conn, "http"),
    onError,
    signal: stopping.signal,
  });
  return {
    addr: { ...listener.addr as NetAddr, transport: "http" },
    close: async () => {
      stopping.abort();
      listener.close();
      reception.abortAll("shutdown");
      await accepting;
      await web.close();
    },
  };
}
