/**
 * The client of UDP.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { isIPv6 } from "../ip.ts";
import type { DatagramSocket, NetAddr } from "../net.ts";
import { Answer, firstDifference } from "./answer.ts";
import type { ClientOptions, EchoClient, Message, Stray } from "./client.ts";
import { closed, ExchangeError, failureOf, wrongByte } from "./failure.ts";

/** The largest datagram that IPv4 carries. */
export const LARGEST_DATAGRAM = 65_507;

// Answers later than so many messages are not known any more.
const REMEMBERED = 1024;

interface Sent extends Message {
  isAnswered: boolean;
}

class DatagramClient implements EchoClient {
  failure?: ExchangeError;
  #socket: DatagramSocket;
  #server: NetAddr;
  #timeoutMs: number;
  #onStray: (stray: Stray) => void;
  #answer?: Answer;
  // The one that is waited for is the last.
  #sent: Sent[] = [];

  constructor(
    socket: DatagramSocket,
    server: NetAddr,
    { timeoutMs, onStray = () => {} }: ClientOptions,
  ) {
    this.#socket = socket;
    this.#server = server;
    this.#timeoutMs = timeoutMs;
    this.#onStray = onStray;
    socket.start({
      onDatagram: (data, { hostname, port }) => {
        const isServers = port === server.port && hostname === server.hostname;
        if (isServers) this.#take(data);
      },
      onSent: (_data, _target, error) => {
        if (error) this.#answer?.fail(failureOf(error));
      },
      onError: (error) => this.#answer?.fail(failureOf(error)),
    });
  }

  async exchange(message: Message): Promise<void> {
    if (this.failure) throw this.failure;
    const answer = new Answer(message.bytes, this.#timeoutMs);
    this.#answer = answer;
    if (this.#sent.length === REMEMBERED) this.#sent.shift();
    this.#sent.push({ ...message, isAnswered: false });
    if (!this.#socket.send(message.bytes, this.#server)) {
      answer.fail(new ExchangeError("error", "too much waits to be sent"));
    }
    try {
      await answer.whole;
    } finally {
      this.#answer = undefined;
    }
  }

  #take(data: Uint8Array): void {
    const current = this.#answer && this.#sent.at(-1);
    // Random bytes tell messages apart, as far as their size allows.
    const found = current && isSame(current.bytes, data)
      ? current
      : this.#sent.findLast(({ bytes }) => isSame(bytes, data));
    if (found === undefined) {
      if (current) this.#answer?.fail(mismatch(current.bytes, data));
    } else if (found === current && !found.isAnswered) {
      this.#answer?.succeed();
    } else {
      const kind = found.isAnswered ? "duplicate" : "late";
      this.#onStray({ kind, number: found.number });
    }
    if (found) found.isAnswered = true;
  }

  close(): void {
    this.failure ??= closed();
    this.#socket.close();
  }
}

function isSame(expected: Uint8Array, actual: Uint8Array): boolean {
  return expected.length === actual.length &&
    firstDifference(expected, actual) < 0;
}

function mismatch(expected: Uint8Array, actual: Uint8Array): ExchangeError {
  const at = firstDifference(expected, actual);
  if (at >= 0) return wrongByte(at, expected[at], actual[at]);
  const isLonger = actual.length > expected.length;
  return new ExchangeError(
    isLonger ? "too-many-bytes" : "wrong-bytes",
    `a datagram of ${expected.length} bytes has come back with ` +
      `${actual.length}`,
  );
}

/**
 * Opens a socket to a server of datagrams.
 *
 * @param addr where it is.
 * @param options how.
 * @returns the client.
 * @throws {ExchangeError} if there is no such host, or no socket.
 */
export async function openDatagramClient(
  addr: NetAddr,
  options: ClientOptions,
): Promise<EchoClient> {
  try {
    const { address: hostname } = await lookup(addr.hostname);
    const wildcard = isIPv6(hostname) ? "::" : "0.0.0.0";
    const local = { transport: "udp", hostname: wildcard, port: 0 } as const;
    const socket = await options.runtime.bind(local, {});
    return new DatagramClient(socket, { ...addr, hostname }, options);
  } catch (error) {
    throw failureOf(error);
  }
}
