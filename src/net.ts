/**
 * The contract between a runtime and the server: types only, no imports.
 *
 * An adapter owns I/O, buffers and backpressure. The server owns policy:
 * limits, records and shutdown. Nothing here names a runtime.
 *
 * @module
 */

/**
 * Where a listener with a port is, or one end of its connections.
 *
 * @example The port that was free
 * ```ts
 * import { serveEcho } from "@echod/echod";
 *
 * await using server = await serveEcho();
 * const [addr] = server.addrs;
 * if (addr.transport !== "unix") console.log(addr.hostname, addr.port > 0);
 * ```
 */
export interface NetAddr {
  /** What goes over it. */
  readonly transport: "tcp" | "tls" | "udp" | "http" | "https";
  /** Host name or IP address; IPv6 addresses are written without brackets. */
  readonly hostname: string;
  /** Port, 0 to 65535; 0 asks for any free port. */
  readonly port: number;
}

/**
 * Where a Unix socket is.
 *
 * @example A name that is in no file system, on Linux
 * ```ts
 * import { serveEcho, type UnixAddr } from "@echod/echod";
 *
 * const addr: UnixAddr = { transport: "unix", path: "@echo" };
 * if (Deno.build.os === "linux") {
 *   await using server = await serveEcho({ listen: "unix:@echo" });
 *   console.log(server.addrs[0], addr); // the same
 * }
 * ```
 */
export interface UnixAddr {
  /** Always `"unix"`. */
  readonly transport: "unix";
  /** A path, or `@` and a name of the abstract namespace; of a client, `""`. */
  readonly path: string;
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
 * for (const addr of server.addrs) console.log(addr.transport);
 * ```
 */
export type Addr = NetAddr | UnixAddr;

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

  /** Gives back bytes that were read, to be read again before all others. */
  unread(data: Uint8Array): void;

  /** Sends FIN after all that was written; reading goes on. */
  closeWrite(): Promise<void>;

  /** Closes the connection; may be called at any time, any number of times. */
  close(): void;

  /**
   * Drops the connection without waiting for unsent bytes, with RST where
   * `ListenOptions.reset` was asked for; idempotent like `close`.
   */
  abort(): void;

  /**
   * Does the server's part of a TLS handshake, on listeners for TLS, before
   * anything else but `read` and `unread`.
   *
   * @throws the runtime's error when the handshake fails.
   */
  startTls?(): Promise<TlsSession>;

  /** Starts the runtime's own echo loop, where it has a faster one. */
  echo?(maxBytes: number, meter: Meter): Echo;
}

/**
 * What a TLS handshake has agreed on.
 *
 * @example The version of a client's connection
 * ```ts
 * import { serveEcho, type TlsSession } from "@echod/echod";
 *
 * await using server = await serveEcho({
 *   listen: "tls://127.0.0.1:0",
 *   selfSigned: true,
 * });
 * const caCerts = [server.certificate!];
 * using client = await Deno.connectTls({ port: server.port, caCerts });
 * await client.handshake();
 *
 * const connection = await server.waitForConnection();
 * const session: TlsSession | undefined = connection.tls;
 * console.log(session?.protocol); // TLSv1.3
 * ```
 */
export interface TlsSession {
  /** The protocol's version, such as `TLSv1.3`. */
  readonly protocol: string;
  /** The application protocol (ALPN, RFC 7301), if one was agreed on. */
  readonly alpn?: string;
}

/** What a listener for TLS needs. */
export interface TlsOptions {
  /** The server's certificate, with those up to its root if need be, as PEM. */
  readonly cert: string;
  /** Its private key, as PEM. */
  readonly key: string;
  /** Who vouches for clients, as PEM; without it, clients show nothing. */
  readonly clientCa?: string;
  /** Application protocols to agree on, the best first. */
  readonly alpn: readonly string[];
}

/** Takes down how long echoes take. */
export interface Meter {
  /** Takes down one: the time from its read to the end of its write. */
  observe(ms: number): void;
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
   * Since when the peer has been sending what it must not take long for, such
   * as the header of an HTTP request, on the clock of `performance.now()`.
   */
  readonly requestSince?: number;
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

/** What happens on a socket for datagrams. */
export interface DatagramHandler {
  /**
   * A datagram has come. Its bytes are valid until this returns; if this has
   * sent them on by the same socket, until `onSent`.
   */
  onDatagram(data: Uint8Array, source: NetAddr): void;
  /** A datagram was sent, or there was an error. */
  onSent(data: Uint8Array, target: NetAddr, error?: unknown): void;
  /** Anything else that is wrong; the socket stays usable. */
  onError(error: unknown): void;
}

/** A socket for datagrams. */
export interface DatagramSocket {
  /** The address in use, with the real port. */
  readonly addr: NetAddr;
  /** Begins to receive; once. */
  start(handler: DatagramHandler): void;
  /**
   * Sends a datagram.
   *
   * @returns whether it was taken; it is not while too many wait to be sent.
   */
  send(data: Uint8Array, target: NetAddr): boolean;
  /** Sends what waits to be sent, then closes. Idempotent. */
  drain(): Promise<void>;
  /** Closes at once; settles when the port is free. Idempotent. */
  close(): Promise<void>;
}

/** How a socket for datagrams is opened. */
export interface DatagramOptions {
  /** Size of the kernel's receive buffer, in bytes. Default: the system's. */
  readonly receiveBuffer?: number;
}

/** Room for connections, shared by the listeners of a process. */
export interface Room {
  /** How many connections there is room for. */
  readonly size: number;
  /** How many there are. */
  taken: number;
  /** How there would be more, if that is not told by the limit of open files. */
  readonly hint?: string;
}

/** How a listener is opened. */
export interface ListenOptions {
  /**
   * Whether `Conn.abort` has to send RST, even where that makes every echo
   * slower. Unix sockets have no RST.
   */
  readonly reset: boolean;
  /**
   * Whether other threads of this program listen on the same address, for all
   * of them to share what comes.
   */
  readonly shares?: boolean;
  /** What listeners for TLS need. */
  readonly tls?: TlsOptions;
}
