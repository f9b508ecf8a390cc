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

/** What takes the bytes of a stream that this program has opened. */
export interface StreamSink {
  /** Bytes have come; the chunk may be written over once this returns. */
  onData(chunk: Uint8Array): void;
  /** What was not taken may be written now. */
  onDrain(): void;
  /** The stream is over, once; with the error unless it ended in order. */
  onEnd(error?: unknown): void;
}

/** A stream of bytes that this program has opened, as a client. */
export interface ClientStream {
  /**
   * Writes.
   *
   * @param data what to write, which must not change until it has gone.
   * @returns how many bytes were taken; if not all, `onDrain` is called later.
   */
  write(data: Uint8Array): number;
  /** Closes; the sink hears no more. Idempotent. */
  close(): void;
}

/** Whom a client trusts. */
export interface Trust {
  /** Who else vouches for servers, as PEM. */
  readonly ca?: string;
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

/** Signals that ask a program to end. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGBREAK" | "SIGHUP";

/** The process of the program. */
export interface HostProcess {
  /** The arguments after the program's name. */
  readonly args: readonly string[];
  /**
   * Reads an environment variable.
   *
   * @param name the variable.
   * @returns its value, if it is set.
   * @throws the runtime's error if it may not be read.
   */
  variable(name: string): string | undefined;
  /** Whether standard input (0), output (1) or error (2) is a terminal. */
  isTerminal(stream: 0 | 1 | 2): boolean;
  /**
   * Has a signal call something instead of ending the program.
   *
   * @param signal the signal.
   * @param listener what it calls, each time.
   * @returns a function that ends that; without any listener, the signal is
   * left to the system.
   * @throws the runtime's error if the system has no such signal.
   */
  onSignal(signal: StopSignal, listener: () => void): () => void;
  /** Ends the program with an exit code. */
  exit(code: number): never;
}

/** What the server needs of the program that runs it. */
export interface Runtime {
  /** Name and version, such as `deno 2.9.6`. */
  readonly name: string;
  /** The system, as Node calls it, such as `linux` or `win32`. */
  readonly platform: string;
  /** The process of the program. */
  readonly process: HostProcess;
  /** Opens a listener; rejects with the runtime's error. */
  listen(addr: Addr, options: ListenOptions): Promise<Listener>;
  /** Opens a socket for datagrams; rejects with the runtime's error. */
  bind(addr: NetAddr, options: DatagramOptions): Promise<DatagramSocket>;
  /** Starts the runtime's own HTTP server; rejects with the runtime's error. */
  serveWeb(options: WebServerOptions): Promise<WebServer>;
  /** Connects to a port of this machine, over loopback. */
  connect(port: number): Promise<LocalConn>;
  /**
   * Connects to a server of streams: TCP, TLS or a Unix socket.
   *
   * @param addr where the server is.
   * @param sink what takes the bytes, from the moment of the connection on.
   * @param trust whose certificates are taken, for TLS.
   * @throws the runtime's error.
   */
  openStream(addr: Addr, sink: StreamSink, trust: Trust): Promise<ClientStream>;
  /** Opens a WebSocket, as a client. */
  openWebSocket(url: string, trust: Trust): WebSocket;
  /** What the runtime can do that others cannot. */
  readonly capabilities: Capabilities;
  /** Whether something may be done without a prompt. */
  isGranted(permission: Permission): boolean;
  /** Writes to standard error without blocking other work. */
  writeStderr(text: string): Promise<void>;
}
