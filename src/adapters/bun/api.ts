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

/** The global `Bun`. */
export interface BunApi {
  readonly version: string;
  listen<Data>(
    options: ({ hostname: string; port: number } | { unix: string }) & {
      allowHalfOpen: boolean;
      socket: BunSocketHandler<Data>;
    },
  ): BunListener;
}

/** The global `Bun`, typed. */
export const bun: BunApi = (globalThis as unknown as { Bun: BunApi }).Bun;
