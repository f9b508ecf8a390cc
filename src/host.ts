/**
 * What the server needs of the program that runs it: types only.
 *
 * @module
 */

import type {
  Addr,
  Conn,
  DatagramOptions,
  DatagramSocket,
  Listener,
  ListenOptions,
  NetAddr,
} from "./net.ts";
import type { WebServer, WebServerOptions } from "./web.ts";

/**
 * Something that the runtime may ask the user's leave for. A host may be
 * `unix:` and a path, or empty for all hosts.
 */
export type Permission =
  | { readonly kind: "net"; readonly host: string }
  | { readonly kind: "read" | "write"; readonly path: string }
  | { readonly kind: "env"; readonly variable: string }
  | { readonly kind: "sys"; readonly api: "networkInterfaces" };

/** A connection of this program to itself. */
export interface LocalConn extends Conn {
  /** The port of this end. */
  readonly localPort: number;
}

/** What not every runtime can do. */
export interface Capabilities {
  /** Setting the size of a receive buffer. */
  readonly receiveBuffer: boolean;
  /** Letting several threads listen on one port. */
  readonly sharesPorts: boolean;
  /** Answering HTTP/2 (RFC 9113) as well as HTTP/1.1. */
  readonly http2: boolean;
  /** The longest message of a WebSocket that it takes, in bytes. */
  readonly maxMessage: number;
}

/** What the server needs of the program that runs it. */
export interface Runtime {
  /** Name and version, such as `deno 2.9.6`. */
  readonly name: string;
  /** Opens a listener; rejects with the runtime's error. */
  listen(addr: Addr, options: ListenOptions): Promise<Listener>;
  /** Opens a socket for datagrams; rejects with the runtime's error. */
  bind(addr: NetAddr, options: DatagramOptions): Promise<DatagramSocket>;
  /** Starts the runtime's own HTTP server; rejects with the runtime's error. */
  serveWeb(options: WebServerOptions): Promise<WebServer>;
  /** Connects to a port of this machine, over loopback. */
  connect(port: number): Promise<LocalConn>;
  /** What the runtime can do that others cannot. */
  readonly capabilities: Capabilities;
  /** Whether something may be done without a prompt. */
  isGranted(permission: Permission): boolean;
  /** Writes to standard error without blocking other work. */
  writeStderr(text: string): Promise<void>;
}
