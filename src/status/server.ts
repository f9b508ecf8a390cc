/**
 * The status server: tells over HTTP what the echo server does.
 *
 * @module
 */

import { setTimeout as nextTurn } from "node:timers/promises";
import type { Runtime } from "../host.ts";
import { formatHost } from "../listen_url.ts";
import type { NetAddr } from "../net.ts";
import type { ServerRecord } from "../records.ts";
import type { WebServer } from "../web.ts";
import { checkStatusAddr } from "./addr.ts";
import { Guard } from "./auth.ts";
import { EndedConnections } from "./ended.ts";
import { EventStreams } from "./events.ts";
import { PAGE, type Page } from "./page.ts";
import { formatMetrics } from "./prometheus.ts";
import { Rates } from "./rates.ts";
import { makeReport, type StatusReport } from "./report.ts";
import { createHandler } from "./routes.ts";
import type { Subject } from "./subject.ts";

/** How a status server is started. */
export interface StatusOptions {
  /** Where it listens; port 0 takes any free port. */
  readonly addr: NetAddr;
  /** What clients have to give; needed where others than this machine ask. */
  readonly token?: string;
  /** The server that it tells of. */
  readonly subject: Subject;
  /** The version of echod. */
  readonly version: string;
  /** The page for people. Default: that of this version. */
  readonly page?: Page;
  /** Told of what goes wrong; the server goes on. Default: nobody. */
  readonly onError?: (error: unknown) => void;
}

// The ends of event streams go out before the server closes.
const LAST_WORDS_MS = 50;

// It upgrades no request to a WebSocket, so nothing can be longer.
const MAX_MESSAGE = 1024;

/** A running status server. */
export class StatusServer {
  /** Answers requests, as the runtime's HTTP server has them answered. */
  readonly handle: (request: Request) => Promise<Response>;
  #web?: WebServer;
  #ended = new EndedConnections();
  #streams: EventStreams;

  private constructor(options: StatusOptions) {
    const { subject, version, token, page = PAGE, onError = () => {} } =
      options;
    const about = { version, startedAt: new Date() };
    const rates = new Rates();
    const report = (): StatusReport =>
      makeReport(subject, { ...about, rates, ended: this.#ended.list });
    this.#streams = new EventStreams({
      report: () => {
        // What it takes longer to find out is told a second later.
        subject.refresh?.().catch(onError);
        return JSON.stringify(report());
      },
      onError,
    });
    const handle = createHandler({
      guard: new Guard(token),
      metrics: () => formatMetrics(subject, about),
      streams: this.#streams,
      ...{ subject, report, page, onError },
    });
    this.handle = async (request) => {
      await subject.refresh?.();
      return await handle(request);
    };
  }

  /**
   * Starts a status server.
   *
   * @param runtime what it runs on.
   * @param options where it listens, what it tells of and whom.
   * @returns the server, which answers by now.
   * @throws {OptionError} like {@linkcode checkStatusAddr}.
   * @throws the runtime's error if the address cannot be listened on.
   */
  static async start(
    runtime: Pick<Runtime, "serveWeb">,
    options: StatusOptions,
  ): Promise<StatusServer> {
    const { addr, token, onError = () => {} } = options;
    checkStatusAddr(addr, token);
    const server = new StatusServer(options);
    server.#web = await runtime.serveWeb({
      addr,
      maxMessage: MAX_MESSAGE,
      onRequest: server.handle,
      onError,
    });
    return server;
  }

  /** The address in use, with the real port. */
  get addr(): NetAddr {
    return this.#web!.addr;
  }

  /** The URL of the page. */
  get url(): string {
    return `http://${formatHost(this.addr)}/`;
  }

  /** Takes note of what the server tells, for connections that have ended. */
  record(record: ServerRecord): void {
    this.#ended.record(record);
  }

  /** Ends all streams and stops at once. Idempotent. */
  async close(): Promise<void> {
    if (this.#streams.close()) await nextTurn(LAST_WORDS_MS);
    await this.#web!.close();
  }

  /** Closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
