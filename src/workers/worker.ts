/**
 * A server in a thread of its own, which does what it is told.
 *
 * @module
 */

import { readTrusted } from "../arrival.ts";
import type { Protocol } from "../echo_connection.ts";
import { errorText } from "../errors.ts";
import { Decisions } from "../faults/decisions.ts";
import type { Runtime } from "../host.ts";
import type { ServerRecord } from "../records.ts";
import { loadRuntime } from "../runtime.ts";
import { EchoServer } from "../server.ts";
import { Ledger } from "./ledger.ts";
import type { Notice, Order, WorkerOptions, WorkerReport } from "./messages.ts";
import { Reporter } from "./reporter.ts";

/** The thread, as its own program sees it. */
interface Scope {
  postMessage(notice: Notice): void;
  addEventListener(
    type: "message",
    listener: (event: MessageEvent<Order>) => void,
  ): void;
}

const scope = globalThis as unknown as Scope;

// The program tells these itself, once for all of its workers.
const TOLD_BY_PROGRAM: ReadonlySet<ServerRecord["event"]> = new Set(
  ["listening", "shutdown", "faults"] as const,
);

// What one worker is warned of, all are.
function isToldBy(member: number, { event }: ServerRecord): boolean {
  return event === "warning" ? member === 0 : !TOLD_BY_PROGRAM.has(event);
}

/** Takes orders until the thread is ended. */
export async function work(): Promise<void> {
  const take = takeOrders(await loadRuntime());
  scope.addEventListener("message", ({ data }) => take(data));
  // What comes before somebody listens is lost.
  scope.postMessage({ notice: "ready" });
}

/**
 * Does a worker's part on this thread.
 *
 * @param runtime what its server runs on.
 * @returns a function that takes each order.
 */
export function takeOrders(runtime: Runtime): (order: Order) => void {
  const worker = new Worker(runtime);
  return (order) => worker.take(order);
}

class Worker {
  #runtime: Runtime;
  #server = Promise.withResolvers<EchoServer>();
  #running?: EchoServer;
  #reporter = new Reporter(() => this.#running, () => {
    scope.postMessage({ notice: "progress", report: reportOf(this.#running!) });
  });
  // Of the connection whose first record is next.
  #protocol?: Protocol;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  take(order: Order): void {
    if (order.order === "start") this.#start(order.start);
    else this.#server.promise.then((server) => obey(server, order));
  }

  async #start(start: WorkerOptions): Promise<void> {
    const { options, proxy, chance, ledger, member } = start;
    const write = (decision: NoticeDecision) =>
      scope.postMessage({ notice: "decision", decision });
    const { seed, replay, isLogged } = chance;
    try {
      const server = await EchoServer.start(this.#runtime, {
        ...options,
        proxy: proxy && { ...proxy, trusted: proxy.trusted.map(readTrusted) },
        decisions: new Decisions(seed, {
          replay,
          ...(isLogged && { log: { write } }),
        }),
        shared: {
          ...new Ledger(ledger).sharedBy(member),
          opening: (protocol) => this.#protocol = protocol,
        },
        onRecord: (record) => this.#tell(member, record),
      });
      this.#running = server;
      this.#server.resolve(server);
      scope.postMessage({ notice: "listening" });
      await server.finished;
      this.#reporter.stop();
      scope.postMessage({ notice: "report", report: reportOf(server) });
      scope.postMessage({ notice: "finished" });
    } catch (error) {
      scope.postMessage({ notice: "failed", message: errorText(error) });
    }
  }

  #tell(member: number, record: ServerRecord): void {
    this.#reporter.wake();
    if (!isToldBy(member, record)) return;
    const protocol = this.#protocol;
    this.#protocol = undefined;
    scope.postMessage({
      ...{ notice: "record", record },
      ...(protocol && { protocol }),
    });
  }
}

function obey(server: EchoServer, order: Order): void {
  switch (order.order) {
    case "report":
      scope.postMessage({ notice: "report", report: reportOf(server) });
      break;
    case "faults":
      server.setFaults(order.faults);
      break;
    case "shutdown":
      server.shutdown({ timeoutMs: order.timeoutMs });
      break;
    case "close":
      server.close();
  }
}

// The status lists no more.
const MOST_TOLD = 1000;

type NoticeDecision = (Notice & { readonly notice: "decision" })["decision"];

function reportOf({ stats, connections }: EchoServer): WorkerReport {
  const views = connections.values().take(MOST_TOLD).map((connection) => {
    const { id, peer, client, protocol, ageMs, bytesIn, bytesOut } = connection;
    return { id, peer, client, protocol, ageMs, bytesIn, bytesOut };
  });
  return { stats, connections: [...views] };
}
