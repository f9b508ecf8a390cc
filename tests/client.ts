/**
 * Raw clients for the suites.
 *
 * @module
 */

import { createHash, randomBytes } from "node:crypto";
import { connect as nodeConnect, type Socket } from "node:net";
import { assertEquals } from "./assert.ts";
import { soon } from "./server_process.ts";

/** Random bytes, since a pattern could hide a swap. */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(length));
}

/** Connects to a port of loopback. */
export function connect(
  port: number,
  hostname = "127.0.0.1",
): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port });
}

/** What the records of a server call a client on this machine. */
export function peerOf({ localAddr }: Deno.Conn): string {
  return "port" in localAddr ? `127.0.0.1:${localAddr.port}` : "unix";
}

/** Writes everything. */
export async function send(conn: Deno.Conn, data: Uint8Array): Promise<void> {
  for (let sent = 0; sent < data.length;) {
    sent += await conn.write(data.subarray(sent));
  }
}

/** Reads `length` bytes, or fewer if the stream ends before. */
export function receive(conn: Deno.Conn, length: number): Promise<Uint8Array> {
  return soon(readUpTo(conn, length), `${length} bytes`);
}

async function readUpTo(conn: Deno.Conn, length: number): Promise<Uint8Array> {
  const data = new Uint8Array(length);
  let received = 0;
  while (received < length) {
    const read = await conn.read(data.subarray(received));
    if (read === null) break;
    received += read;
  }
  return data.subarray(0, received);
}

/** Reads to the end of the stream; calls back for every chunk. */
export function receiveAll(
  conn: Deno.Conn,
  onChunk?: (chunk: Uint8Array) => Promise<void>,
): Promise<Digest> {
  return soon(readAll(conn, onChunk), "the end of a stream");
}

async function readAll(
  conn: Deno.Conn,
  onChunk?: (chunk: Uint8Array) => Promise<void>,
): Promise<Digest> {
  const digest = new Digest();
  const buffer = new Uint8Array(256 * 1024);
  for (;;) {
    const read = await conn.read(buffer);
    if (read === null) return digest;
    digest.add(buffer.subarray(0, read));
    await onChunk?.(buffer.subarray(0, read));
  }
}

/** What a client has received until its connection was over, and how it was. */
export interface Outcome {
  /** Bytes received. */
  readonly bytes: number;
  /** Their hash. */
  readonly hash: string;
  /** FIN, or RST. */
  readonly end: "FIN" | "RST";
}

/** Reads until the connection is over, in order or not. */
export function outcomeOf(conn: Deno.Conn): Promise<Outcome> {
  return soon(readOutcome(conn), "the end of a connection");
}

async function readOutcome(conn: Deno.Conn): Promise<Outcome> {
  const digest = new Digest();
  const buffer = new Uint8Array(256 * 1024);
  const outcome = (end: Outcome["end"]) => {
    return { bytes: digest.bytes, hash: digest.hex(), end };
  };
  for (;;) {
    try {
      const read = await conn.read(buffer);
      if (read === null) return outcome("FIN");
      digest.add(buffer.subarray(0, read));
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      return outcome("RST");
    }
  }
}

/** The outcome for a client that has received this. */
export function outcome(data: Uint8Array, end: Outcome["end"]): Outcome {
  return { bytes: data.length, hash: sha256(data), end };
}

/** Sends something and asserts that the same comes back. */
export async function echoes(
  conn: Deno.Conn,
  data: Uint8Array = noise(100),
): Promise<void> {
  const sending = send(conn, data);
  assertEquals(sha256(await receive(conn, data.length)), sha256(data));
  await sending;
}

/** Counts and hashes what passes by. */
export class Digest {
  /** Bytes so far. */
  bytes = 0;
  #hash = createHash("sha256");

  /** Adds bytes. */
  add(data: Uint8Array): void {
    this.bytes += data.length;
    this.#hash.update(data);
  }

  /** The hash of all; ends the digest. */
  hex(): string {
    return this.#hash.digest("hex");
  }
}

/** The hash of some bytes. */
export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** A client of `node:net`, for what `Deno.connect` cannot do, such as RST. */
export async function connectNode(port: number): Promise<Socket> {
  const socket = nodeConnect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject);
  });
  return socket;
}

/** Ends a client with RST and waits until it is gone. */
export function reset(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
    socket.on("error", () => {});
    socket.resetAndDestroy();
  });
}
