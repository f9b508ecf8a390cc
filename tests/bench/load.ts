/**
 * Runs the load client.
 *
 * @module
 */

import { pinned, type Side } from "./cores.ts";

/** What the load client says at the end. */
export interface LoadResult {
  /** Messages that have come back. */
  readonly echoes: number;
  /** Their bytes. */
  readonly bytes: number;
  /** How long that took. */
  readonly seconds: number;
  /** What half of them took at most. */
  readonly p50Micros: number;
  /** What 99 of 100 took at most. */
  readonly p99Micros: number;
}

/** A load could not be played to its end. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  /** Whether a byte that came back was wrong. */
  readonly isWrongByte: boolean;

  /** What the load client said, and how it ended. */
  constructor(message: string, code: number) {
    super(message);
    this.isWrongByte = code === 3;
  }
}

/** A load client that runs. */
export class Load implements AsyncDisposable {
  #child: Deno.ChildProcess;
  #input: WritableStreamDefaultWriter<Uint8Array>;
  #output: ReadableStreamDefaultReader<string>;
  #text = "";
  #complaint: Promise<string>;

  /**
   * Starts it.
   *
   * @param program its path, or that with what runs it.
   * @param mode what it is to do.
   * @param port the server.
   * @param flags how.
   * @param side whose cores it is on. Default: the client's.
   */
  constructor(
    program: string | readonly string[],
    mode: string,
    port: number,
    flags: readonly string[] = [],
    side: Side = "client",
  ) {
    this.#child = new Deno.Command("/bin/sh", {
      args: pinned(side, [program, mode, `${port}`, ...flags].flat()),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#complaint = this.#child.stderr.text();
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#output.read();
      if (done) {
        const { code } = await this.#child.status;
        throw new LoadError((await this.#complaint).trim(), code);
      }
      this.#text += value;
    }
  }

  /** Lets a client that is ready begin. */
  async begin(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("\n"));
  }

  /** Lets it begin, and waits for what it has to say at the end. */
  async result(): Promise<LoadResult> {
    await this.begin();
    return JSON.parse(await this.line());
  }

  /** Lets it close its connections and leave. */
  async leave(): Promise<void> {
    await this.#input.close();
    const { code } = await this.#child.status;
    if (code !== 0) throw new LoadError((await this.#complaint).trim(), code);
  }

  /** Ends it, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#complaint;
    await this.#output.cancel();
    await this.#input.close().catch(() => {});
  }
}
