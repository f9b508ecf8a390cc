/**
 * The contract between a runtime and the server: types only, no imports.
 *
 * An adapter owns I/O, buffers and backpressure. The server owns policy:
 * limits, records and shutdown. Nothing here names a runtime.
 *
 * @module
 */

/** Where a TCP listener or one end of a TCP connection is. */
export interface TcpAddr {
  /** Always `"tcp"`. */
  readonly transport: "tcp";
  /** Host name or IP address; IPv6 addresses are written without brackets. */
  readonly hostname: string;
  /** Port, 0 to 65535; 0 asks for any free port. */
  readonly port: number;
}

/** Where a listener or one end of a connection is. */
export type Addr = TcpAddr;

/** One accepted connection, with its byte counters. */
export interface Conn {
  /** This end. */
  readonly localAddr: Addr;
  /** The peer's end. */
  readonly remoteAddr: Addr;
  /** Bytes received to be echoed. */
  readonly bytesIn: number;
  /** Bytes that the operating system has taken for sending. */
  readonly bytesOut: number;
  /** Bytes that arrived after the end of the echo and were thrown away. */
  readonly bytesDiscarded: number;

  /**
   * Echoes until the peer's end of stream, then sends FIN.
   *
   * Nothing is read while a write is pending. After `maxBytes` bytes, or once
   * {@linkcode Conn.drain} was called, what has been received is written out
   * and FIN is sent; later input is read and thrown away, because a close with
   * unread input makes the kernel send RST, which destroys echoed bytes that
   * are still on their way (RFC 1122, section 4.2.2.13).
   *
   * @param maxBytes how many bytes are echoed; `Infinity` for no limit.
   * @returns once the peer has ended its stream and everything is written, or
   * once this side has called `close` or `abort`.
   * @throws the runtime's error when the connection fails.
   */
  echo(maxBytes: number): Promise<void>;

  /** Ends the echo in order: writes out what has been received, then FIN. */
  drain(): void;

  /** Closes the connection; may be called at any time, any number of times. */
  close(): void;

  /**
   * Drops the connection without waiting for unsent bytes, with RST where
   * `Capabilities.reset` says so; idempotent like `close`.
   */
  abort(): void;
}

/** A listening socket. */
export interface Listener {
  /** The address in use, with the real port. */
  readonly addr: Addr;

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

/** What a runtime or an operating system can and cannot do. */
export interface Capabilities {
  /** Whether `Conn.abort` always sends RST. */
  readonly reset: boolean;
  /**
   * How many connections the runtime survives, where running out of file
   * descriptors would make its listener spin; absent where it recovers.
   */
  readonly connectionCeiling?: number;
}

/** What the server needs of the program that runs it. */
export interface Runtime {
  /** Name and version, such as `deno 2.9.6`. */
  readonly name: string;
  /** What works here. */
  readonly capabilities: Capabilities;
  /** Opens a listener; rejects with the runtime's error. */
  listen(addr: Addr): Promise<Listener>;
  /** Whether something may be done without a prompt. */
  isGranted(permission: Permission): boolean;
  /** Writes to standard error without blocking other work. */
  writeStderr(text: string): Promise<void>;
}
