/**
 * echod on each runtime, with a listener for HTTP or HTTPS.
 *
 * @module
 */

import { connect } from "./client.ts";
import { HttpClient } from "./http_client.ts";
import { ServerProcess } from "./server_process.ts";
import { type Target, TARGETS } from "./targets.ts";
import { certificateOf } from "./transports.ts";

/** echod on one runtime, with a listener for HTTP or HTTPS. */
export class HttpStack {
  /** The names of both. */
  readonly name: string;
  /** The runtime. */
  readonly target: Target;
  /** What the listener speaks. */
  readonly scheme: "http" | "https";

  /** Puts the two together. */
  constructor(target: Target, scheme: HttpStack["scheme"]) {
    this.name = `${target.name}, ${scheme}`;
    this.target = target;
    this.scheme = scheme;
  }

  /** Starts a server. */
  async start(...flags: readonly string[]): Promise<ServerProcess> {
    const listen = ["--listen", `${this.scheme}://127.0.0.1:0`];
    if (this.scheme === "http") {
      return await ServerProcess.start(this.target, [...listen, ...flags]);
    }
    const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
    const tls = ["--self-signed", "--cert-out", `${directory}/cert.pem`];
    const all = [...listen, ...tls, ...flags];
    return await ServerProcess.start(this.target, all, { directory });
  }

  /** Connects to it. */
  async dial(server: ServerProcess): Promise<HttpClient> {
    const { port } = server;
    if (this.scheme === "http") return new HttpClient(await connect(port));
    const caCerts = [await certificateOf(server)];
    const hostname = "127.0.0.1";
    return new HttpClient(await Deno.connectTls({ hostname, port, caCerts }));
  }
}

/** Each target on these. */
export function httpStacksOf(
  targets: readonly Target[],
  ...schemes: readonly HttpStack["scheme"][]
): readonly HttpStack[] {
  return targets.flatMap((target) =>
    schemes.map((scheme) => new HttpStack(target, scheme))
  );
}

/** Every runtime on HTTP. */
export const HTTP: readonly HttpStack[] = httpStacksOf(TARGETS, "http");

/** Every runtime on HTTP and HTTPS. */
export const HTTP_AND_HTTPS: readonly HttpStack[] = httpStacksOf(
  TARGETS,
  "http",
  "https",
);
