/**
 * Connections for requests of HTTP and HTTPS.
 *
 * @module
 */

import { Agent, type AgentOptions, type RequestOptions } from "node:http";
import { connect } from "node:tls";
import type { Trust } from "../host.ts";
import { isIP } from "../ip.ts";
import type { NetTarget } from "./target.ts";

// The agent of `node:https` asks Deno for the system's certificates, which no
// flag of its command line grants by itself; `node:tls` does not.
class TlsAgent extends Agent {
  #trust: Trust;

  constructor(options: AgentOptions, trust: Trust) {
    super(options);
    this.#trust = trust;
  }

  override createConnection({ host, port }: RequestOptions) {
    const name = host ?? "";
    // An address is no name of a server (RFC 6066, section 3).
    const servername = isIP(name) ? undefined : name;
    const where = { host: name, port: Number(port), servername };
    return connect({ ...where, ...this.#trust });
  }
}

/**
 * How requests go to a server, over one connection that is kept alive.
 *
 * @param target the server.
 * @param trust whose certificates are taken.
 * @returns what they have in common; the agent is to be destroyed.
 */
export function connectionTo(
  { url, addr: { transport, hostname, port } }: NetTarget,
  { ca }: Trust,
): RequestOptions & { readonly agent: Agent } {
  const options = { keepAlive: true, maxSockets: 1 };
  const { host, pathname, search } = new URL(url);
  return {
    agent: transport === "https"
      ? new TlsAgent(options, { ca })
      : new Agent(options),
    ...{ host: hostname, port, path: pathname + search, headers: { host } },
  };
}
