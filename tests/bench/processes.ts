/**
 * Runs servers and looks at what they take of the machine, on Linux.
 *
 * @module
 */

import { BENCH_DIST } from "./build.ts";
import { pinned, type Side } from "./cores.ts";
import { cpuMicrosOf, MICROS_PER_TICK, readProc, statOf } from "./proc.ts";
import { soon } from "../server_process.ts";

/** How a server is started. */
export interface Start {
  /** Its name, for the log. */
  readonly name: string;
  /** Its command. */
  readonly command: readonly string[];
  /** Whether it starts a process for each connection. */
  readonly forks?: true;
  /** Whether it does not say where it listens. */
  readonly isSilent?: true;
  /** Whose cores it is on. Default: the server's. */
  readonly side?: Side;
}

/** What a server has in memory, in KiB. */
export interface Memory {
  /** All that is resident. */
  readonly rssKib: number;
  /** The same, less what it shares with others. */
  readonly pssKib: number;
}

const POLL_MS = 1;

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A server that runs. */
export class Server implements AsyncDisposable {
  /** What it listens on. */
  port = 0;
  #child: Deno.ChildProcess;
  #start: Start;
  #hasEnded = false;
  #log: string;

  private constructor(start: Start) {
    this.#start = start;
    this.#log = `${BENCH_DIST}/log/${start.name.replaceAll(/\W+/g, "_")}.log`;
    Deno.mkdirSync(`${BENCH_DIST}/log`, { recursive: true });
    // The log of the one before would tell of a port that is not this one's.
    Deno.writeTextFileSync(this.#log, "");
    // Its log goes to a file, as a user's would; a pipe would have to be read.
    const redirection = `>'${this.#log}' 2>&1`;
    this.#child = new Deno.Command("/bin/sh", {
      args: pinned(start.side ?? "server", start.command, redirection),
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    this.#child.status.then(() => this.#hasEnded = true);
  }

  /** Starts a server and waits until it listens. */
  static async start(start: Start): Promise<Server> {
    const server = new Server(start);
    const listens = async () => {
      while ((server.port = server.#findPort()) === 0) {
        if (server.#hasEnded) {
          throw new Error(`${start.name} ended:\n${server.#readLog()}`);
        }
        await sleep(POLL_MS);
      }
    };
    try {
      await soon(listens(), `${start.name} listens`);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** User and system time so far, of all its processes, in microseconds. */
  cpuMicros(): number {
    const ended = statOf(this.#child.pid).slice(13, 15).map(Number);
    const running = this.#pids().map(cpuMicrosOf);
    return running.reduce(
      (sum, micros) => sum + micros,
      (ended[0] + ended[1]) * MICROS_PER_TICK,
    );
  }

  /** What all its processes have in memory. */
  memory(): Memory {
    const sums = { rssKib: 0, pssKib: 0 };
    for (const pid of this.#pids()) {
      const text = readProc(`${pid}/smaps_rollup`);
      sums.rssKib += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
      sums.pssKib += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    }
    return sums;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Children of ncat keep each other's pipes open, and would never end.
    const children = this.#pids().slice(1);
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#child.status;
    for (const pid of children) killIfAlive(pid);
  }

  #readLog(): string {
    try {
      return Deno.readTextFileSync(this.#log);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  #findPort(): number {
    if (this.#start.isSilent) return portOf(this.#child.pid);
    const url = /\b(?:tcp|udp|http):\/\/127\.0\.0\.1:(\d+)/;
    return Number(url.exec(this.#readLog())?.[1] ?? 0);
  }

  #pids(): number[] {
    const { pid } = this.#child;
    return this.#start.forks ? [pid, ...descendantsOf(pid)] : [pid];
  }
}

function killIfAlive(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function descendantsOf(ancestor: number): number[] {
  const children = new Map<number, number[]>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))[1]);
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const found = children.get(ancestor) ?? [];
  // It grows while it is gone through.
  for (const pid of found) found.push(...children.get(pid) ?? []);
  return found;
}

/** The port that a process listens on; 0 if it does not. */
function portOf(pid: number): number {
  const inodes = new Set<string | undefined>();
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      const target = Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
      inodes.add(/^socket:\[(\d+)\]$/.exec(target)?.[1]);
    }
  } catch {
    return 0;
  }
  // The state is that of a listener, or of a datagram socket without a peer.
  for (const [protocol, state] of [["tcp", "0A"], ["udp", "07"]]) {
    for (const line of readProc(`net/${protocol}`).split("\n")) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== state || !inodes.has(fields[9])) continue;
      return parseInt(fields[1].split(":")[1], 16);
    }
  }
  return 0;
}
