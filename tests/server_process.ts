/**
 * Runs echod as a program of its own and reads its log.
 *
 * @module
 */

import { assert } from "./assert.ts";
import type { Target } from "./targets.ts";

// Far longer than anything here takes, so that only a hang gets this far.
const PATIENCE_MS = 20_000;

/** One line of a JSON log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** How a server is started. */
export interface StartOptions {
  /** Environment variables besides the test's own. */
  readonly env?: Record<string, string>;
  /** The limit of open files. */
  readonly openFiles?: number;
  /** A directory of its own, which is removed with it. */
  readonly directory?: string;
}

/** Rejects if a promise takes longer than anything reasonable. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what}: not within ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A running echod. */
export class ServerProcess implements AsyncDisposable {
  /** Everything on standard error. */
  stderr = "";
  /** The records of the log so far. */
  readonly records: LogLine[] = [];
  /** Its directory, if it was given one. */
  readonly directory?: string;
  #child: Deno.ChildProcess;
  #target: Target;
  #folders: readonly string[];
  #reading: Promise<void>;
  #changed = Promise.withResolvers<void>();
  #ended = false;

  private constructor(
    target: Target,
    child: Deno.ChildProcess,
    directory: string | undefined,
    cwd: string | undefined,
  ) {
    this.#target = target;
    this.#child = child;
    this.directory = directory;
    this.#folders = [directory, cwd].filter((folder) => folder !== undefined);
    this.#reading = this.#read();
  }

  /** Starts echod with flags, whatever comes of it. */
  static spawn(
    target: Target,
    flags: readonly string[],
    { env: own, openFiles, directory }: StartOptions = {},
  ): ServerProcess {
    const [command, ...args] = openFiles === undefined
      ? [...target.command, ...flags]
      : [
        ...["/bin/sh", "-c", `ulimit -n ${openFiles}; exec "$@"`, "sh"],
        ...target.command,
        ...flags,
      ];
    const { isAlone } = target;
    const env = { ...target.env, ...own };
    const cwd = isAlone && Deno.makeTempDirSync({ prefix: "echod-test-" });
    return new ServerProcess(
      target,
      new Deno.Command(command, {
        args,
        cwd,
        // Deno colours its reports of downloads even where nobody sees them.
        env: isAlone ? env : { NO_COLOR: "1", ...env },
        clearEnv: isAlone,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn(),
      directory,
      cwd,
    );
  }

  /** Starts a server on a free port of loopback and waits until it listens. */
  static async start(
    target: Target,
    flags: readonly string[] = [],
    options: StartOptions = {},
  ): Promise<ServerProcess> {
    const local = flags.includes("--listen")
      ? []
      : ["--host", "127.0.0.1", "--port", "0"];
    const all = [...local, "--log-format", "json", ...flags];
    const server = ServerProcess.spawn(target, all, options);
    const { runtime } = await server.waitFor({ event: "listening" });
    // No case may pass on the wrong runtime.
    assert(
      `${runtime}`.startsWith(`${target.runtime} `),
      `${runtime} answered`,
    );
    return server;
  }

  /** The process ID. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The URLs that the server listens on. */
  get urls(): URL[] {
    return this.all({ event: "listening" }).map(({ url }) => new URL(`${url}`));
  }

  /** The port of the first listener. */
  get port(): number {
    return Number(this.urls[0].port);
  }

  /** The exit code, once the process has ended and its log is read. */
  async exitCode(): Promise<number> {
    const { code } = await soon(this.#child.status, "exit");
    await this.#reading;
    return code;
  }

  /** Sends a signal. */
  signal(name: Deno.Signal): void {
    // What stops a program on Windows is Ctrl+C, which Wine makes of SIGINT.
    const isCtrlC = this.#target.isWine && name === "SIGTERM";
    this.#child.kill(isCtrlC ? "SIGINT" : name);
  }

  /** The records that have these fields. */
  all(fields: LogLine): LogLine[] {
    return this.records.filter((record) =>
      Object.entries(fields).every(([key, value]) => record[key] === value)
    );
  }

  /** Waits for the `nth` record that has these fields. */
  waitFor(fields: LogLine, nth = 1): Promise<LogLine> {
    const what = `record ${nth} with ${JSON.stringify(fields)}`;
    return this.#until(() => this.all(fields)[nth - 1], what);
  }

  /** Waits for something on standard error, of whatever form. */
  waitForText(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(() => pattern.exec(this.stderr), `text ${pattern}`);
  }

  async #until<T>(find: () => T | undefined | null, what: string): Promise<T> {
    const search = async () => {
      for (;;) {
        const found = find();
        if (found) return found;
        if (this.#ended) throw new Error(`the server ended:\n${this.stderr}`);
        await this.#changed.promise;
      }
    };
    return await soon(search(), what);
  }

  /** Resident memory, in MiB. */
  async memoryMiB(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  }

  /** CPU time spent so far, in seconds. */
  async cpuSeconds(): Promise<number> {
    const stat = await Deno.readTextFile(`/proc/${this.pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Ends the process, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGKILL");
    await this.exitCode();
    const folders = this.#folders;
    this.#folders = [];
    for (const folder of folders) {
      await Deno.remove(folder, { recursive: true });
    }
  }

  async #read(): Promise<void> {
    let rest = "";
    const text = this.#child.stderr.pipeThrough(new TextDecoderStream());
    for await (const part of text) {
      this.stderr += part;
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("{")) this.records.push(JSON.parse(line));
      }
      this.#notify();
    }
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
