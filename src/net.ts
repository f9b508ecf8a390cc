/**
 * The contract between a runtime and the server: types only, no imports.
 *
 * An adapter owns I/O, buffers and backpressure. The server owns policy:
 * limits, records and shutdown. Nothing here names a runtime.
 *
 * @module
 */

/**
 * Where a TCP listener or one end of a TCP connection is.
 *
 * @example The port that was free
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * const { hostname, port } = server.addrs[0];
 * console.log(hostname, port > 0); // 127.0.0.1 true
 * ```
 */
export interface TcpAddr {
  /** Always `"tcp"`. */
  readonly transport: "tcp";
  /** Host name or IP address; IPv6 addresses are written without brackets. */
  readonly hostname: string;
  /** Port, 0 to 65535; 0 asks for any free port. */
  readonly port: number;
}

/**
 * Where a listener or one end of a connection is.
 *
 * @example All listeners
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   listen: ["tcp://127.0.0.1:0", "tcp://localhost:0"],
 * });
 * for (const { transport, port } of server.addrs) console.log(transport, port);
 * ```
 */
export type Addr = TcpAddr;

/** One accepted connection. */
export interface Conn {
  /** The peer's end. */
  readonly remoteAddr: Addr;
  /** Whether this side has called `close` or `abort`. */
  readonly closed: boolean;

  /**
   * Reads what there is, at least one byte.
   *
   * @param buffer where to; must not be empty.
   * @returns how many bytes were read, or `null` at the end of the stream.
   * @throws the runtime's error when the connection fails or is closed.
   */
  read(buffer: Uint8Array): Promise<number | null>;

  /**
   * Writes as much as the operating system takes, at least one byte. A short
   * write is no error, so that callers see progress where a peer reads slowly.
   *
   * @param data what to write; must not be empty.
   * @returns how many bytes were taken.
   * @throws the runtime's error when the connection fails or is closed.
   */
  write(data: Uint8Array): Promise<number>;

  /** Sends FIN after all that was written; reading goes on. */
  closeWrite(): Promise<void>;

  /** Closes the connection; may be called at any time, any number of times. */
  close(): void;

  /**
   * Drops the connection without waiting for unsent bytes, with RST where
   * `ListenOptions.reset` was asked for; idempotent like `close`.
   */
  abort(): void;

  /** Starts the runtime's own echo loop, where it has a faster one. */
  echo?(maxBytes: number): Echo;
}

/**
 * The echo of one connection, which runs from the moment it is made.
 *
 * It echoes until the peer's end of stream, then sends FIN. Nothing is read
 * while more than a bounded amount waits to be written. After the number of
 * bytes that it was given, or once `drain` was called, what has been received
 * is written out and FIN is sent; later input is read and thrown away, because
 * a close with unread input makes the kernel send RST, which destroys echoed
 * bytes that are still on their way (RFC 1122, section 4.2.2.13).
 */
export interface Echo {
  /** Bytes received to be echoed. */
  readonly bytesIn: number;
  /** Bytes that the operating system has taken for sending. */
  readonly bytesOut: number;
  /** Bytes that arrived after the end of the echo and were thrown away. */
  readonly bytesDiscarded: number;
  /** Whether received bytes are still to be written, at once or later. */
  readonly isPending: boolean;
  /** Whether a write waits for the peer to read. */
  readonly isBlocked: boolean;
  /**
   * Settles once the peer has ended its stream and everything is written, or
   * this side has closed the connection; rejects with the runtime's error when
   * the connection fails.
   */
  readonly finished: Promise<void>;
  /** Ends the echo in order: writes out what has been received, then FIN. */
  drain(): void;
  /** Ends timers and waits, where there are any: this side has closed. */
  stop?(): void;
}

/** A listening socket. */
export interface Listener {
  /** The address in use, with the real port. */
  readonly addr: Addr;

  /**
   * The connections that this process has room for, where running out of file
   * descriptors would end or spin the listener; absent where it recovers.
   */
  readonly room?: Room;

  /**
   * Waits for the next connection.
   *
   * @returns the connection, or `null` once the listener is closed.
   * @throws the runtime's error, such as EMFILE; the listener stays usable.
   */
  accept(): Promise<Conn | null>;

  /** Stops listening; accepted connections go on. Idempotent. */
  close(): void;
}

/** Something that the runtime may ask the user's leave for. */
export type Permission =
  | { readonly kind: "net"; readonly host: string }
  | { readonly kind: "read" | "write"; readonly path: string }
  | { readonly kind: "env"; readonly variable: string };

/** Room for connections, shared by the listeners of a process. */
export interface Room {
  /** How many connections there is room for. */
  readonly size: number;
  /** How many there are. */
  taken: number;
}

/** How a listener is opened. */
export interface ListenOptions {
  /**
   * Whether `Conn.abort` has to send RST, even where that makes every echo
   * slower.
   */
  readonly reset: boolean;
}

/** What the server needs of the program that runs it. */
export interface Runtime {
  /** Name and version, such as `deno 2.9.6`. */
  readonly name: string;
  /** Opens a listener; rejects with the runtime's error. */
  listen(addr: Addr, options: ListenOptions): Promise<Listener>;
  /** Whether something may be done without a prompt. */
  isGranted(permission: Permission): boolean;
  /** Writes to standard error without blocking other work. */
  writeStderr(text: string): Promise<void>;
}
