/**
 * The transports that the suites go through, and echod on each runtime and
 * each of them.
 *
 * @module
 */

import { connect } from "./client.ts";
import { ServerProcess } from "./server_process.ts";
import { hasUnix, type Target, TARGETS } from "./targets.ts";

/** A kind of listener, and its clients. */
export interface Transport {
  /** The scheme of its URLs. */
  readonly name: "tcp" | "tls" | "unix";
  /** The flags that make a server listen on it, with files in a directory. */
  readonly flags: (directory: string) => readonly string[];
  /** Opens a connection to a listener. */
  readonly open: (server: ServerProcess, url: URL) => Promise<Deno.Conn>;
}

/** The certificate of a server that has made one. */
export function certificateOf({ directory }: ServerProcess): Promise<string> {
  return Deno.readTextFile(`${directory}/cert.pem`);
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/[[\]]/g, "");
}

const TCP: Transport = {
  name: "tcp",
  flags: () => ["--listen", "tcp://127.0.0.1:0"],
  open: (_, url) => connect(Number(url.port), hostOf(url)),
};

const TLS: Transport = {
  name: "tls",
  flags: (directory) => [
    ...["--listen", "tls://127.0.0.1:0", "--self-signed"],
    ...["--cert-out", `${directory}/cert.pem`],
  ],
  open: async (server, url) =>
    await Deno.connectTls({
      hostname: hostOf(url),
      port: Number(url.port),
      caCerts: [await certificateOf(server)],
    }),
};

const UNIX: Transport = {
  name: "unix",
  flags: (directory) => ["--listen", `unix:${directory}/echo.sock`],
  open: (_, url) => Deno.connect({ transport: "unix", path: url.pathname }),
};

/** echod on one runtime, with a listener of one transport. */
export class Stack {
  /** The names of both. */
  readonly name: string;
  /** The runtime. */
  readonly target: Target;
  /** The transport. */
  readonly transport: Transport;

  /** Puts the two together. */
  constructor(target: Target, transport: Transport) {
    this.name = `${target.name}, ${transport.name}`;
    this.target = target;
    this.transport = transport;
  }

  /** Starts a server, in a directory that goes with it. */
  async start(...flags: readonly string[]): Promise<ServerProcess> {
    const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
    const all = [...this.transport.flags(directory), ...flags];
    return await ServerProcess.start(this.target, all, { directory });
  }

  /** Opens a connection; of TLS, the handshake comes with what is done first. */
  open(server: ServerProcess, url = server.urls[0]): Promise<Deno.Conn> {
    return this.transport.open(server, url);
  }

  /** Opens a connection that is ready for use. */
  async dial(server: ServerProcess, url?: URL): Promise<Deno.Conn> {
    const conn = await this.open(server, url);
    try {
      if ("handshake" in conn) await (conn as Deno.TlsConn).handshake();
      return conn;
    } catch (error) {
      conn.close();
      throw error;
    }
  }
}

/** Each target on those transports of these names that it has. */
export function stacksOf(
  targets: readonly Target[],
  ...names: readonly Transport["name"][]
): readonly Stack[] {
  const transports = [TCP, TLS, UNIX].filter(({ name }) =>
    names.includes(name)
  );
  return targets.flatMap((target) =>
    transports.filter(({ name }) => name !== "unix" || hasUnix(target))
      .map((transport) => new Stack(target, transport))
  );
}

/** Every runtime on the transports of these names. */
export function stacksOn(
  ...names: readonly Transport["name"][]
): readonly Stack[] {
  return stacksOf(TARGETS, ...names);
}

/** Every runtime on every transport. */
export const STACKS: readonly Stack[] = stacksOn("tcp", "tls", "unix");
