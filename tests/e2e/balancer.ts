/**
 * Load balancers in front of servers.
 *
 * @module
 */

import { connect } from "../client.ts";
import { soon } from "../server_process.ts";

/** How a load balancer is run. */
export interface BalancerProgram {
  /** The command. */
  readonly command: string;
  /** Its arguments, for a configuration file in a directory of its own. */
  readonly args: (file: string, directory: string) => readonly string[];
}

/** HAProxy, in the foreground. */
export const HAPROXY: BalancerProgram = {
  command: "haproxy",
  args: (file) => ["-db", "-f", file],
};

/** nginx, with everything that it writes in its own directory. */
export const NGINX: BalancerProgram = {
  command: "nginx",
  args: (file, directory) => ["-p", directory, "-c", file, "-e", "stderr"],
};

/** A load balancer that runs, and is ended with its block. */
export class Balancer implements AsyncDisposable {
  /** The port that it listens on. */
  readonly port: number;
  /** What it has complained of. */
  stderr = "";
  #process: Deno.ChildProcess;
  #directory: string;
  #reading: Promise<void>;
  #changed = Promise.withResolvers<void>();
  #hasEnded = false;

  private constructor(
    process: Deno.ChildProcess,
    port: number,
    directory: string,
  ) {
    this.#process = process;
    this.port = port;
    this.#directory = directory;
    this.#reading = this.#read();
    process.status.then(() => this.#hasEnded = true);
  }

  /**
   * Starts one, which cannot tell what port it was given: a free one is looked
   * for, and another if somebody was faster.
   *
   * @param program what to run.
   * @param config what its configuration is, for a port of loopback.
   */
  static async start(
    { command, args }: BalancerProgram,
    config: (port: number) => string,
  ): Promise<Balancer> {
    for (;;) {
      const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
      const file = `${directory}/balancer.conf`;
      const port = freePort();
      await Deno.writeTextFile(file, `${config(port).trim()}\n`);
      const process = new Deno.Command(command, {
        args: [...args(file, directory)],
        ...{ stdin: "null", stdout: "null", stderr: "piped" },
      }).spawn();
      const balancer = new Balancer(process, port, directory);
      if (await soon(balancer.#isUp(), command)) return balancer;
      await balancer[Symbol.asyncDispose]();
      if (!/in use|cannot bind/i.test(balancer.stderr)) {
        throw new Error(`${command} ended:\n${balancer.stderr}`);
      }
    }
  }

  /** Waits until it has said something. */
  async waitForText(pattern: RegExp): Promise<void> {
    const search = async () => {
      while (!pattern.test(this.stderr)) await this.#changed.promise;
    };
    await soon(search(), `text ${pattern} of a load balancer`);
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#process.status;
    await this.#reading;
    await Deno.remove(this.#directory, { recursive: true });
  }

  // Whether it listens; it does not if it has ended.
  async #isUp(): Promise<boolean> {
    while (!this.#hasEnded) {
      try {
        (await connect(this.port)).close();
        return true;
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    return false;
  }

  async #read(): Promise<void> {
    const text = this.#process.stderr.pipeThrough(new TextDecoderStream());
    for await (const part of text) {
      this.stderr += part;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }
}

function freePort(): number {
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr as Deno.NetAddr;
  probe.close();
  return port;
}
