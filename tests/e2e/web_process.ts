/**
 * echod as a program that listens for HTTP, and its status server.
 *
 * @module
 */

import type { StatusReport } from "../../src/status/report.ts";
import { assertEquals } from "../assert.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { lintMetrics } from "../status/prometheus_lint.ts";
import type { Target } from "../targets.ts";

const LISTENERS = [
  ...["--listen", "http://127.0.0.1:0", "--listen", "https://127.0.0.1:0"],
  ...["--status", "127.0.0.1:0"],
];

/** The metrics of a server: values by name and labels, as they are written. */
export type Metrics = Readonly<Record<string, number>>;

/** An echod that listens for HTTP, for HTTPS and for who asks its status. */
export class WebProcess implements AsyncDisposable {
  /** The program. */
  readonly server: ServerProcess;

  private constructor(server: ServerProcess) {
    this.server = server;
  }

  /** Starts one, in a directory that goes with it. */
  static async start(
    target: Target,
    ...flags: readonly string[]
  ): Promise<WebProcess> {
    const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
    const server = await ServerProcess.start(target, [
      ...LISTENERS,
      ...["--self-signed", "--cert-out", `${directory}/cert.pem`],
      ...flags,
    ], { directory });
    const web = new WebProcess(server);
    await server.waitFor({ event: "listening", plane: "status" });
    return web;
  }

  /** The URL of the listener for HTTP, without a slash at its end. */
  get http(): string {
    return this.server.urls[0].origin;
  }

  /** The same of HTTPS. */
  get https(): string {
    return this.server.urls[1].origin;
  }

  /** The same of the status server. */
  get status(): string {
    const [{ url }] = this.server.all({ event: "listening", plane: "status" });
    return new URL(`${url}`).origin;
  }

  /** The file of the certificate. */
  get cert(): string {
    return `${this.server.directory}/cert.pem`;
  }

  /** Waits until so many requests are answered. */
  async answered(count: number): Promise<void> {
    await this.server.waitFor({ event: "request" }, count);
  }

  /** Waits until so many connections are over. */
  async over(count: number): Promise<void> {
    await this.server.waitFor({ event: "disconnect" }, count);
  }

  /** Asks the status server. */
  ask(path: string, init?: RequestInit): Promise<Response> {
    return soon(fetch(`${this.status}${path}`, init), path);
  }

  /** The status of now. */
  async report(): Promise<StatusReport> {
    const response = await this.ask("/api/status");
    assertEquals(response.status, 200);
    return await response.json();
  }

  /** The metrics of now, which have to be well formed. */
  async metrics(): Promise<Metrics> {
    const response = await this.ask("/metrics");
    const text = await response.text();
    assertEquals(response.status, 200, text);
    assertEquals(lintMetrics(text), []);
    const samples = text.split("\n").filter((line) => /^[^#]/.test(line));
    return Object.fromEntries(samples.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }));
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
