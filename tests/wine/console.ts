/**
 * A console, with echod in it, as somebody has it after a double click.
 *
 * @module
 */

import { soon } from "../server_process.ts";
import type { Target } from "../targets.ts";

// So wide that no line is broken.
const SIZE = "stty cols 500 rows 50";

/** echod without any argument in a console; `script` is what makes one. */
export class Console implements AsyncDisposable {
  /** What there is to read. */
  text = "";
  /** Whether echod has ended. */
  hasEnded = false;
  #child: Deno.ChildProcess;
  #keys: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #changed = Promise.withResolvers<void>();
  #reading: Promise<void>;

  /** Opens one, with settings for echod in variables. */
  constructor({ command, env }: Target, variables: Record<string, string>) {
    const quoted = command.map((part) => `'${part}'`).join(" ");
    this.#child = new Deno.Command("script", {
      args: ["-qec", `${SIZE}; exec ${quoted}`, "/dev/null"],
      env: { ...env, ...variables, TERM: "xterm" },
      ...{ stdin: "piped", stdout: "piped", stderr: "inherit" },
    }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Types something. */
  async type(keys: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(keys));
  }

  /** Waits until something is there to read. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    const search = async () => {
      for (;;) {
        const found = pattern.exec(this.text);
        if (found) return found;
        if (this.hasEnded) throw new Error(`echod has ended:\n${this.text}`);
        await this.#changed.promise;
      }
    };
    return await soon(search(), `text ${pattern}`);
  }

  /** The exit code, once echod has ended. */
  async exitCode(): Promise<number> {
    const { code } = await soon(this.#child.status, "exit");
    await this.#reading;
    return code;
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded) this.#child.kill("SIGKILL");
    await this.exitCode();
    await this.#keys.close().catch(() => {});
  }

  async #read(): Promise<void> {
    const parts = this.#child.stdout.pipeThrough(new TextDecoderStream());
    for await (const part of parts) {
      // deno-lint-ignore no-control-regex
      this.text += part.replace(/\x1b\[[^A-Za-z]*[A-Za-z]|\r/g, "");
      this.#notify();
    }
    this.hasEnded = true;
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
