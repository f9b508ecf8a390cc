/**
 * Servers for the commands that are clients, and these commands on every target.
 *
 * @module
 */

import { assertEquals } from "../assert.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { bunCommand, type Target } from "../targets.ts";
import { type Outcome, run } from "./programs.ts";

// A socket of its own, so that suites do not meet.
const UNIX_NAME = `@echod-test-${Deno.pid}`;

/** What a server is started with, to have a listener of each kind. */
const LISTENERS = [
  ...["tcp", "tls", "udp", "http", "https"].flatMap((
    scheme,
  ) => ["--listen", `${scheme}://127.0.0.1:0`]),
  ...["--self-signed", "--udp-rate", "0"],
];

/** An echod that clients can be sent to. */
export class EchoTarget implements AsyncDisposable {
  /** The file of the certificate of its TLS. */
  readonly ca: string;
  #server: ServerProcess;

  private constructor(server: ServerProcess, ca: string) {
    this.#server = server;
    this.ca = ca;
  }

  /** Starts one, with faults if need be. */
  static async start(
    flags: readonly string[] = [],
    listeners: readonly string[] = LISTENERS,
  ): Promise<EchoTarget> {
    const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
    const ca = `${directory}/cert.pem`;
    const server = await ServerProcess.start(
      bunCommand,
      [
        ...listeners,
        ...listeners === LISTENERS ? ["--cert-out", ca] : [],
        ...flags,
      ],
      { directory },
    );
    // Each listener has a record of its own.
    await server.waitFor(
      { event: "listening" },
      listeners.filter((flag) => flag === "--listen").length,
    );
    return new EchoTarget(server, ca);
  }

  /** The URLs by which clients reach it, one of each scheme that it has. */
  get urls(): readonly string[] {
    const urls = this.#server.urls.map(({ href }) => href.replace(/\/$/, ""));
    const web = urls.filter((url) => url.startsWith("http"));
    return [...urls, ...web.map((url) => url.replace(/^http/, "ws"))];
  }

  /** The URL of a scheme. */
  url(scheme: string): string {
    return this.urls.find((url) => url.startsWith(`${scheme}:`))!;
  }

  /** The flags with which a client trusts it. */
  trust(url: string): readonly string[] {
    return /^(tls|https|wss):/.test(url) ? ["--ca", this.ca] : [];
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

/** The flags of a listener on a Unix socket that needs no file. */
export const UNIX_LISTENER = ["--listen", `unix:${UNIX_NAME}`];

/** The URL of the same. */
export const UNIX_URL = `unix:${UNIX_NAME}`;

/** Runs a command of echod to its end. */
export async function runOn(
  { command, env = {}, isWine }: Target,
  ...args: readonly string[]
): Promise<Outcome> {
  const variables = Object.entries(env).map(([name, value]) =>
    `${name}=${value}`
  );
  // Wine needs them; the tests' own would do for all others.
  const [program, ...before] = isWine
    ? ["env", ...variables, ...command]
    : command;
  const outcome = await run(program, ...before, ...args);
  // What Deno itself says there is of its downloads.
  const stderr = outcome.stderr.replace(/^Download .*\n/gm, "");
  return { ...outcome, stderr };
}

/** A command of echod that runs, and is ended with its block. */
export class RunningCommand implements AsyncDisposable {
  /** What it has printed. */
  text = "";
  #child: Deno.ChildProcess;
  #reading: Promise<void>;
  #changed = Promise.withResolvers<void>();

  /** Starts it. */
  constructor(target: Target, ...args: readonly string[]) {
    const [program, ...before] = target.command;
    this.#child = new Deno.Command(program, {
      args: [...before, ...args],
      ...{ stdin: "null", stdout: "piped", stderr: "null" },
    }).spawn();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const { stdout } = this.#child;
    for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
      this.text += part;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }

  /** Waits until it has printed something. */
  async until(pattern: RegExp): Promise<void> {
    const search = async () => {
      while (!pattern.test(this.text)) await this.#changed.promise;
    };
    await soon(search(), `${pattern}`);
  }

  /** Does what Ctrl+C does. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** The exit code, once it has ended. */
  async exitCode(): Promise<number> {
    const { code } = await soon(this.#child.status, "the end of a command");
    await this.#reading;
    return code;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.exitCode();
  }
}

/** Expects a command to end in such a way, and gives back what it has printed. */
export async function expectEnd(
  target: Target,
  args: readonly string[],
  code: number,
): Promise<string> {
  const { stdout, stderr, ...outcome } = await runOn(target, ...args);
  const words = `${args.join(" ")}\n${stdout}${stderr}`;
  assertEquals(outcome.code, code, words);
  return stdout + stderr;
}

/** The objects that a command has printed, one a line. */
export function objectsOf(stdout: string): Record<string, unknown>[] {
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** A server of TCP that answers what a test says, on a free port. */
export function answering(
  answer: (data: Uint8Array) => Uint8Array<ArrayBuffer>,
): { readonly url: string } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns = new Set<Deno.Conn>();
  const serve = async (conn: Deno.Conn) => {
    conns.add(conn);
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const read = await conn.read(buffer);
        if (read === null) break;
        await conn.write(answer(buffer.slice(0, read)));
      }
    } catch {
      // The client has left in the middle of it.
    } finally {
      if (conns.delete(conn)) conn.close();
    }
  };
  const accept = async () => {
    for await (const conn of listener) serve(conn);
  };
  accept();
  return {
    url: `tcp://127.0.0.1:${listener.addr.port}`,
    [Symbol.dispose]: () => {
      listener.close();
      for (const conn of conns) conn.close();
      conns.clear();
    },
  };
}

/** The URL of a port where nobody listens. */
export function nobody(scheme: string): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return `${scheme}://127.0.0.1:${port}`;
}
