/**
 * The servers that are compared.
 *
 * @module
 */

import { isInstalled } from "../e2e/programs.ts";
import { repositoryPath } from "../paths.ts";
import {
  bunCommand,
  denoCommand,
  executable,
  outputOf,
  type Target,
} from "../targets.ts";
import type { Programs } from "./build.ts";
import type { Start } from "./processes.ts";
import type { Protocol } from "./scenarios.ts";

/** A server that takes part. */
export interface Contestant extends Omit<Start, "command"> {
  /** What echod is compared with it for. */
  readonly kind: "echod" | "bare" | "reference" | "peer";
  /** How it is started for each protocol that it speaks. */
  readonly commands: Readonly<Partial<Record<Protocol, readonly string[]>>>;
  /** The same over TCP with what is on this machine alone. */
  readonly cached?: readonly string[];
  /** How it is started with two workers. */
  readonly crew?: Contestant["commands"];
  /** Its own load client. */
  readonly client?: readonly string[];
}

/** What the report calls them. */
export const NAMES = {
  epoll: "C, epoll",
  threads: "C, a thread each",
  deno: "echod on Deno",
  bareDeno: "bare loop on Deno",
  bun: "echod on Bun",
  executable: "echod's executable",
  bareBun: "bare loop on Bun",
  node: "Node, pipe",
  socat: "socat, fork",
  ncat: "ncat, exec cat",
  asyncio: "Python asyncio",
} as const;

const ours = (name: string) => repositoryPath(`tests/bench/servers/${name}`);

interface Echod {
  readonly name: string;
  readonly target: Target;
  /** The same with what is on this machine alone. */
  readonly cached?: Target;
  /** The same with what its threads need. */
  readonly threaded?: Target;
}

function echod(
  { name, target, cached, threaded = target }: Echod,
): Contestant {
  const local = ["--host", "127.0.0.1", "--port", "0"];
  const web = ["--listen", "http://127.0.0.1:0"];
  const two = [...threaded.command, "--workers", "2"];
  return {
    name,
    kind: "echod",
    ...cached && { cached: [...cached.command, ...local] },
    commands: {
      tcp: [...target.command, ...local],
      // All load comes from one address, which is more than echod answers.
      udp: [
        ...[...target.command, "--listen", "udp://127.0.0.1:0"],
        ...["--udp-rate", "0"],
      ],
      websocket: [...target.command, ...web],
    },
    crew: { tcp: [...two, ...local], websocket: [...two, ...web] },
    client: [...target.command, "bench"],
  };
}

const ECHOD: readonly Contestant[] = [
  echod({
    name: NAMES.deno,
    target: denoCommand("-N"),
    cached: denoCommand("-N", "--cached-only"),
    threaded: denoCommand("-N", "-R"),
  }),
  echod({ name: NAMES.bun, target: bunCommand }),
  echod({ name: NAMES.executable, target: executable }),
];

function bareDeno(): Contestant {
  const run = [Deno.execPath(), "run", "-N"];
  return {
    name: NAMES.bareDeno,
    kind: "bare",
    commands: {
      tcp: [...run, ours("bare_deno.ts")],
      udp: [...run, "--unstable-net", ours("bare_deno_udp.ts")],
      websocket: [...run, ours("bare_deno_websocket.ts")],
    },
  };
}

function bareBun(): Contestant {
  const [bun] = bunCommand.command;
  return {
    name: NAMES.bareBun,
    kind: "bare",
    commands: {
      tcp: [bun, ours("bare_bun.ts")],
      udp: [bun, ours("bare_bun_udp.ts")],
      websocket: [bun, ours("bare_bun_websocket.ts")],
    },
  };
}

async function peers(): Promise<Contestant[]> {
  const list: Contestant[] = [];
  if (await isInstalled("node", "--version")) {
    const node = ["node", ours("node.mjs")];
    const commands = { tcp: node, udp: [...node, "udp"] };
    list.push({ name: NAMES.node, kind: "peer", commands });
  }
  if (await isInstalled("socat", "-V")) {
    const tcp = "TCP4-LISTEN:0,bind=127.0.0.1,fork,nodelay,backlog=1024";
    list.push({
      name: NAMES.socat,
      kind: "peer",
      commands: { tcp: ["socat", tcp, "PIPE"] },
      ...{ forks: true, isSilent: true },
    });
  }
  if (await isInstalled("ncat", "--version")) {
    const flags = ["--listen", "--keep-open", "--max-conns", "1000"];
    const ncat = ["ncat", ...flags, "--exec", "/bin/cat", "127.0.0.1", "0"];
    list.push({
      name: NAMES.ncat,
      kind: "peer",
      commands: { tcp: ncat },
      ...{ forks: true, isSilent: true },
    });
  }
  if (await isInstalled("python3", "--version")) {
    // What is on the path may be a script that takes its time.
    const tell = "import sys; print(sys.executable)";
    const path = await outputOf("python3", ["-c", tell]);
    const python = [path, ours("asyncio_echo.py")];
    const commands = { tcp: python, udp: [...python, "udp"] };
    list.push({ name: NAMES.asyncio, kind: "peer", commands });
  }
  return list;
}

/** All servers that can take part here; tells which cannot. */
export async function findContestants(
  { epoll, threads }: Programs,
): Promise<Contestant[]> {
  return [
    {
      name: NAMES.epoll,
      kind: "reference",
      commands: { tcp: [epoll], udp: [epoll, "udp"] },
    },
    { name: NAMES.threads, kind: "reference", commands: { tcp: [threads] } },
    ...ECHOD,
    bareDeno(),
    bareBun(),
    ...await peers(),
  ];
}
