/**
 * A server on several threads that looks like one: one set of addresses,
 * limits, numbers, records and faults, and one shutdown.
 *
 * @module
 */

import type { ConnectionView } from "../echo_connection.ts";
import { errorText } from "../errors.ts";
import {
  type Decision,
  type DecisionLog,
  Decisions,
} from "../faults/decisions.ts";
import { formatFault, readFaults } from "../faults/grammar.ts";
import { checkUse } from "../faults/plan.ts";
import type { Fault } from "../faults/types.ts";
import type { Runtime } from "../host.ts";
import { pickLimits } from "../limits.ts";
import { formatListenUrl } from "../listen_url.ts";
import type { ServerStats } from "../metrics.ts";
import type { Addr } from "../net.ts";
import type { ServerRecord } from "../records.ts";
import { EchoServer } from "../server.ts";
import {
  checkOptions,
  DEFAULT_SHUTDOWN_TIMEOUT_MS,
  type ServerOptions,
  type ShutdownOptions,
  trafficOf,
} from "../server_options.ts";
import { listeningRecord, safeTeller } from "../tell.ts";
import { startTimer } from "../timer.ts";
import { findAddrs, inOrder, isShared } from "./addresses.ts";
import { Ledger } from "./ledger.ts";
import type { Thread } from "./member.ts";
import type { WorkerOptions } from "./messages.ts";
import { Post } from "./post.ts";
import { sumStats } from "./sum.ts";

/** What is left to chance, for all threads. */
export interface Chance {
  /** The seed. */
  readonly seed: number;
  /** The decisions of an earlier run. */
  readonly replay?: readonly Decision[];
  /** Keeps decisions. */
  readonly log?: DecisionLog;
}

/** How a crew is started. */
export interface CrewOptions {
  /** How many threads echo. */
  readonly workers: number;
  /** Starts a thread that runs `work()`. */
  readonly spawn: () => Thread;
  /** What is left to chance. */
  readonly chance: Chance;
}

// The program or a worker says these, once for all.
const TOLD_BY_OTHERS: ReadonlySet<ServerRecord["event"]> = new Set(
  ["listening", "shutdown", "faults", "warning"] as const,
);

const MOST_TRIES = 5;

/** A server on several threads. */
export class Crew {
  /** The addresses in use, with real ports. */
  readonly addrs: readonly Addr[];
  /** Name and version of the runtime. */
  readonly runtime: string;
  /** The seed of what faults leave to chance. */
  readonly seed: number;
  /** The certificate of listeners for TLS, as PEM, for clients to trust. */
  readonly certificate?: string;
  #posts: readonly Post[];
  // What cannot be shared, on this thread: datagrams and Unix sockets.
  #own?: EchoServer;
  #ledger: Ledger;
  #faults: readonly Fault[];
  #tell: (record: ServerRecord) => void;
  #isStopping = false;

  private constructor(
    addrs: readonly Addr[],
    { runtime, seed, posts, own, ledger, options }: CrewParts,
  ) {
    this.addrs = addrs;
    this.runtime = runtime.name;
    this.seed = seed;
    this.certificate = options.tls?.cert;
    this.#posts = posts;
    this.#own = own;
    this.#ledger = ledger;
    this.#faults = options.faults ?? [];
    this.#tell = safeTeller(options.onRecord);
  }

  /**
   * Starts a server on several threads.
   *
   * @param runtime what it runs on.
   * @param options where it listens, its limits and who hears of it.
   * @param crew how many threads, and what they share.
   * @returns the server, which accepts connections by now.
   * @throws {OptionError} if the options do not go together, or are not safe.
   * @throws {ListenError} if the system refuses an address.
   * @throws {PermissionError} if Deno may not listen there.
   */
  static async start(
    runtime: Runtime,
    options: ServerOptions,
    crew: CrewOptions,
  ): Promise<Crew> {
    const isAnyPort = options.listen.some((addr) =>
      isShared(addr) && addr.port === 0
    );
    for (let tries = 1;; tries++) {
      try {
        return await Crew.#start(runtime, options, crew);
      } catch (error) {
        // A free port that was found may be another's by the time it is shared.
        const isTaken = /\bin use\b/.test(errorText(error));
        if (!isAnyPort || !isTaken || tries === MOST_TRIES) throw error;
      }
    }
  }

  static async #start(
    runtime: Runtime,
    options: ServerOptions,
    { workers, spawn, chance }: CrewOptions,
  ): Promise<Crew> {
    checkOptions(runtime, options);
    const { listen, faults = [], tls } = options;
    const tell = safeTeller(options.onRecord);
    const shared = await findAddrs(runtime, listen.filter(isShared));
    const { maxConnections, maxConnectionsPerIp } = pickLimits(options);
    const ledger = Ledger.create({
      members: workers + 1,
      ...{ maxConnections, maxConnectionsPerIp },
    });
    const own = await startOwn(runtime, options, ledger, chance);
    const posts = Array.from({ length: workers }, (_, member) =>
      new Post({
        ...{ spawn, tell, ledger, log: chance.log },
        start: workerOptions(options, shared, chance, ledger, member),
      }));
    try {
      await Promise.all(posts.map((post) => post.fill()));
      options.onBound?.();
    } catch (error) {
      for (const post of posts) post.close();
      // Whoever tries again must not meet those who are about to go.
      await Promise.all([own?.close(), ...posts.map(({ over }) => over)]);
      throw error;
    }
    const { seed } = chance;
    const addrs = inOrder(listen, shared, own?.addrs ?? []);
    const parts = { runtime, seed, posts, own, ledger, options };
    const crew = new Crew(addrs, parts);
    const told = faults.length > 0 ? seed : undefined;
    for (const addr of addrs) {
      tell(listeningRecord(addr, runtime.name, told, tls?.fingerprint));
    }
    return crew;
  }

  /** The URLs of the listeners, with real ports. */
  get urls(): readonly string[] {
    return this.addrs.map(formatListenUrl);
  }

  /** Whether it takes newcomers, or ends those it has. */
  get state(): "running" | "draining" {
    return this.#isStopping ? "draining" : "running";
  }

  /** The faults that newcomers get. */
  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** The connections that were open at the latest refresh. */
  get connections(): ReadonlySet<ConnectionView> {
    const own = this.#own?.connections ?? [];
    return new Set([...own, ...this.#posts.flatMap((post) => post.views)]);
  }

  /** What it had done at the latest refresh. */
  get stats(): ServerStats {
    const own = this.#own ? [this.#own.stats] : [];
    return sumStats([...own, ...this.#posts.flatMap((post) => post.stats)]);
  }

  /** Brings connections and statistics up to date. */
  async refresh(): Promise<void> {
    await Promise.all(this.#posts.map((post) => post.refresh()));
  }

  /** Replaces the faults, like {@linkcode EchoServer.setFaults}. */
  setFaults(faults: readonly Fault[]): void {
    const read = readFaults(faults);
    checkUse(read, trafficOf(this.addrs));
    this.#faults = read;
    this.#own?.setFaults(read);
    for (const post of this.#posts) post.setFaults(read);
    const texts = read.map(formatFault).join(";");
    this.#tell({ event: "faults", faults: texts, seed: this.seed });
  }

  /** Stops in order, like {@linkcode EchoServer.shutdown}. */
  async shutdown(
    { timeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS }: ShutdownOptions = {},
  ): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      const connections = this.#ledger.open;
      this.#tell({ event: "shutdown", connections, timeoutMs });
      this.#own?.shutdown({ timeoutMs });
      for (const post of this.#posts) post.shutdown(timeoutMs);
    }
    // A worker that does not obey is ended with its connections.
    const cancel = startTimer(timeoutMs, () => this.close());
    await this.#over();
    cancel();
  }

  /** Stops at once: every connection is dropped. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#own?.close();
    for (const post of this.#posts) post.close();
    await this.#over();
  }

  async #over(): Promise<void> {
    const posts = this.#posts.map((post) => post.over);
    await Promise.all([this.#own?.finished, ...posts]);
  }
}

interface CrewParts {
  readonly runtime: Runtime;
  readonly seed: number;
  readonly posts: readonly Post[];
  readonly own?: EchoServer;
  readonly ledger: Ledger;
  readonly options: ServerOptions;
}

async function startOwn(
  runtime: Runtime,
  options: ServerOptions,
  ledger: Ledger,
  { seed, replay, log }: Chance,
): Promise<EchoServer | undefined> {
  const listen = options.listen.filter((addr) => !isShared(addr));
  if (listen.length === 0) return undefined;
  const { members } = ledger.handle;
  return await EchoServer.start(runtime, {
    ...options,
    listen,
    decisions: new Decisions(seed, { replay, log }),
    shared: ledger.sharedBy(members - 1),
    onBound: undefined,
    onRecord: (record) => {
      if (!TOLD_BY_OTHERS.has(record.event)) options.onRecord?.(record);
    },
  });
}

function workerOptions(
  options: ServerOptions,
  listen: readonly Addr[],
  { seed, replay, log }: Chance,
  { handle }: Ledger,
  member: number,
): WorkerOptions {
  const { proxy, ...all } = options;
  // Functions cannot be sent, and what is shared is made anew there.
  const functions = { onRecord: undefined, onBound: undefined };
  const made = { decisions: undefined, shared: undefined };
  return {
    options: { ...all, ...functions, ...made, listen },
    proxy: proxy && { ...proxy, trusted: proxy.trusted.map(String) },
    chance: { seed, replay, isLogged: log !== undefined },
    ledger: handle,
    member,
  };
}
