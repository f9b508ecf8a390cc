/**
 * The runtime's own HTTP server, on a port of loopback that answers nobody but
 * whom echod has let in.
 *
 * @module
 */

import type { Guest } from "../guest.ts";
import type { Runtime } from "../host.ts";
import type { Conn, Echo, NetAddr } from "../net.ts";
import type { WebContext, WebServer, WebServerOptions } from "../web.ts";
import { Bridge, type BridgeOptions } from "./bridge.ts";
import { HttpSession } from "./session.ts";

/** How a local server is started. */
export interface LocalWebOptions
  extends Pick<WebServerOptions, "maxMessage" | "onError"> {
  /** Answers a request of a connection. */
  readonly onRequest: (
    request: Request,
    session: HttpSession,
    context: WebContext,
  ) => Response | Promise<Response>;
}

const LOOPBACK: NetAddr = { transport: "http", hostname: "127.0.0.1", port: 0 };

/** The runtime's HTTP server, behind bridges. */
export class LocalWeb {
  #runtime: Runtime;
  #server?: WebServer;
  // By the port from which they come to the runtime's server.
  #sessions = new Map<number, HttpSession>();

  private constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * Starts the server.
   *
   * @param runtime whose server it is.
   * @param options what it answers.
   * @returns the same.
   * @throws the runtime's error if it does not start.
   */
  static async start(
    runtime: Runtime,
    { maxMessage, onError, onRequest }: LocalWebOptions,
  ): Promise<LocalWeb> {
    const web = new LocalWeb(runtime);
    web.#server = await runtime.serveWeb({
      addr: LOOPBACK,
      ...{ maxMessage, onError },
      onRequest: (request, context) => {
        const session = web.#find(context.peer);
        return session ? onRequest(request, session, context) : NOBODY();
      },
    });
    return web;
  }

  /**
   * Answers what comes over a connection.
   *
   * @param conn the connection.
   * @param guest who the client is.
   * @param options what its bridge goes by.
   * @returns its bytes, both ways.
   */
  serve(
    conn: Conn,
    guest: Guest,
    options: Omit<BridgeOptions, "open">,
  ): Echo {
    const session = new HttpSession(guest, conn);
    const open = async () => {
      const inner = await this.#runtime.connect(this.#server!.addr.port);
      const { localPort } = inner;
      this.#sessions.set(localPort, session);
      session.onEnd(() => {
        // The port may be another one's by now.
        if (this.#sessions.get(localPort) !== session) return;
        this.#sessions.delete(localPort);
      });
      return inner;
    };
    return new Bridge(session, { ...options, open });
  }

  /** Stops; nobody is answered any more. */
  async close(): Promise<void> {
    await this.#server?.close();
  }

  #find({ hostname, port }: NetAddr): HttpSession | undefined {
    const isLocal = hostname === LOOPBACK.hostname;
    return isLocal ? this.#sessions.get(port) : undefined;
  }
}

// Somebody on this machine has come to the port by another way.
const NOBODY = () =>
  new Response("Not a listener\n", {
    status: 421,
    headers: { connection: "close" },
  });
