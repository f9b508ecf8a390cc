/**
 * The part of Bun's API that echod uses, typed here so that `deno check`
 * needs no package of Bun's types.
 *
 * @module
 */

/** A TCP or Unix socket of Bun. */
export interface BunSocket<Data> {
  data: Data;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number;
  readonly localPort: number;
  write(data: Uint8Array): number;
  pause(): void;
  resume(): void;
  shutdown(): void;
  end(): void;
  terminate(): void;
  setNoDelay(noDelay: boolean): void;
  setKeepAlive(keepAlive: boolean): void;
}

/** What Bun calls when something happens on a socket. */
export interface BunSocketHandler<Data> {
  open(socket: BunSocket<Data>): void;
  data(socket: BunSocket<Data>, chunk: Uint8Array): void;
  drain(socket: BunSocket<Data>): void;
  end(socket: BunSocket<Data>): void;
  close(socket: BunSocket<Data>, error?: Error): void;
  error(socket: BunSocket<Data>, error: Error): void;
}

/** A listening socket of Bun. */
export interface BunListener {
  readonly hostname: string;
  readonly port: number;
  stop(closeConnections?: boolean): void;
}

/** A WebSocket of Bun's server. */
export interface BunWebSocket<Data> {
  readonly data: Data;
  getBufferedAmount(): number;
  send(data: string | Uint8Array): number;
  close(code?: number, reason?: string): void;
}

/** An HTTP server of Bun. */
export interface BunServer<Data> {
  readonly port: number;
  requestIP(request: Request): { address: string; port: number } | null;
  upgrade(
    request: Request,
    options: { data: Data; headers?: Record<string, string> },
  ): boolean;
  stop(closeConnections?: boolean): Promise<void>;
}

/** How an HTTP server of Bun is started. */
export interface BunServeOptions<Data> {
  hostname: string;
  port: number;
  /** Seconds; 0: never. */
  idleTimeout: number;
  maxRequestBodySize: number;
  development: boolean;
  reusePort: boolean;
  fetch(
    request: Request,
    server: BunServer<Data>,
  ): Promise<Response | undefined>;
  error(error: Error): Response;
  websocket: {
    /** Seconds; 0: never. */
    idleTimeout: number;
    sendPings: boolean;
    perMessageDeflate: boolean;
    maxPayloadLength: number;
    backpressureLimit: number;
    open(socket: BunWebSocket<Data>): void;
    message(
      socket: BunWebSocket<Data>,
      data: string | Uint8Array<ArrayBuffer>,
    ): void;
    close(socket: BunWebSocket<Data>, code: number, reason: string): void;
  };
}

/** A socket of Bun for datagrams. */
export interface BunUdpSocket {
  readonly address: { readonly address: string; readonly port: number };
  /** Gives back whether it was sent; if not, `drain` may follow. */
  send(data: Uint8Array, port: number, address: string): boolean;
  close(): void;
}

/** How a socket of Bun for datagrams is opened. */
export interface BunUdpOptions {
  hostname: string;
  port: number;
  binaryType: "uint8array";
  socket: {
    data(
      socket: BunUdpSocket,
      data: Uint8Array,
      port: number,
      address: string,
    ): void;
    drain(socket: BunUdpSocket): void;
    error(error: Error): void;
  };
}

/** The global `Bun`. */
export interface BunApi {
  readonly version: string;
  listen<Data>(
    options: ({ hostname: string; port: number } | { unix: string }) & {
      allowHalfOpen: boolean;
      socket: BunSocketHandler<Data>;
    },
  ): BunListener;
  connect<Data>(
    options: ({ hostname: string; port: number } | { unix: string }) & {
      allowHalfOpen: boolean;
      socket: BunSocketHandler<Data>;
    },
  ): Promise<BunSocket<Data>>;
  serve<Data>(options: BunServeOptions<Data>): BunServer<Data>;
  udpSocket(options: BunUdpOptions): Promise<BunUdpSocket>;
}

/** The global `Bun`, typed. */
export const bun: BunApi = (globalThis as unknown as { Bun: BunApi }).Bun;
