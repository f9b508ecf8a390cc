/**
 * Programs that tests run as clients.
 *
 * @module
 */

import { soon } from "../server_process.ts";

/** What has come of a program. */
export interface Outcome {
  /** Its exit code. */
  readonly code: number;
  /** What it has printed. */
  readonly stdout: string;
  /** What it has complained of. */
  readonly stderr: string;
}

/** Whether a program is here; says which test is skipped if it is not. */
export async function isInstalled(
  command: string,
  ...args: readonly string[]
): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: [...args], stdin: "null" })
      .output();
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`skipped: ${command} is not installed`);
    return false;
  }
}

/** Runs a program to its end, and ends it if that takes too long. */
export async function run(
  command: string,
  ...args: readonly string[]
): Promise<Outcome> {
  await using program = new Program(command, args, "null");
  const stdout = program.output.pipeThrough(new TextDecoderStream());
  const text = Array.fromAsync(stdout).then((parts) => parts.join(""));
  const done = Promise.all([text, program.end]);
  const [printed, { code, stderr }] = await soon(done, `the end of ${command}`);
  return { code, stdout: printed, stderr };
}

/** A program that runs, and is ended with its block. */
export class Program implements AsyncDisposable {
  /** What it prints. */
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** How it ends. */
  readonly end: Promise<Omit<Outcome, "stdout">>;
  #child: Deno.ChildProcess;

  /** Starts it. */
  constructor(
    command: string,
    args: readonly string[],
    stdin: "null" | "piped" = "piped",
  ) {
    this.#child = new Deno.Command(command, {
      args: [...args],
      ...{ stdin, stdout: "piped", stderr: "piped" },
    }).spawn();
    this.output = this.#child.stdout;
    const ends = Promise.all([this.#child.status, this.#child.stderr.text()]);
    this.end = ends.then(([{ code }, stderr]) => ({ code, stderr }));
  }

  /** What it reads. */
  get input(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.#child.stdin;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // Not all programs end at SIGTERM while they wait.
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.end;
  }
}
