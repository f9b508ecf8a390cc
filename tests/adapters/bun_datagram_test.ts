import type { BunUdpOptions } from "../../src/adapters/bun/api.ts";
import type { NetAddr } from "../../src/net.ts";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf, inTime, textOf } from "../fake_conn.ts";
import { CLIENT, udp } from "../udp/fake_socket.ts";

/** Bun's socket for datagrams, without Bun. */
class FakeUdpSocket {
  readonly address = { address: "127.0.0.1", port: 7007 };
  readonly events: BunUdpOptions["socket"];
  readonly sent: string[] = [];
  hasRoom = true;
  isClosed = false;
  /** What the next attempts throw. */
  failures: unknown[] = [];
  attempts = 0;

  constructor({ socket }: BunUdpOptions) {
    this.events = socket;
  }

  send(data: Uint8Array, port: number, address: string): boolean {
    this.attempts++;
    assertEquals([port, address], [CLIENT.port, CLIENT.hostname]);
    if (this.failures.length > 0) throw this.failures.shift();
    if (this.hasRoom) this.sent.push(textOf(data));
    return this.hasRoom;
  }

  close(): void {
    this.isClosed = true;
  }
}

let latest: FakeUdpSocket | undefined;

Object.assign(globalThis, {
  Bun: {
    udpSocket: (options: BunUdpOptions) =>
      Promise.resolve(latest = new FakeUdpSocket(options)),
  },
});

const { bind } = await import("../../src/adapters/bun/datagram.ts");

/** A socket of the adapter, the one of Bun below it, and what happened. */
async function open() {
  const socket = await bind(udp("127.0.0.1", 0), {});
  const fake = latest!;
  const sent: [text: string, error: unknown][] = [];
  const received: [text: string, source: NetAddr][] = [];
  const errors: unknown[] = [];
  socket.start({
    onDatagram: (data, source) => received.push([textOf(data), source]),
    onSent: (data, _, error) => sent.push([textOf(data), error]),
    onError: (error) => errors.push(error),
  });
  const send = (text: string) => socket.send(bytesOf(text), CLIENT);
  return { socket, fake, sent, received, errors, send };
}

function failed(code: string, more: object = {}): Error {
  return Object.assign(new Error(code), { code, ...more });
}

Deno.test("bun: a datagram comes with its source, and its answer goes at once", async () => {
  const { socket, fake, sent, received, send } = await open();
  assertEquals(socket.addr, udp("127.0.0.1", 7007));
  fake.events.data(fake, bytesOf("hello"), CLIENT.port, CLIENT.hostname);
  assertEquals(received, [["hello", CLIENT]]);
  assert(send("hello"));
  assertEquals(sent, [["hello", undefined]]);
  assertEquals(fake.sent, ["hello"]);
  await socket.close();
  assert(fake.isClosed);
  assertEquals(send("late"), false);
});

Deno.test("bun: what has no room waits for it, in order", async () => {
  const { socket, fake, sent, send } = await open();
  fake.hasRoom = false;
  assert(send("1") && send("2"));
  fake.hasRoom = true;
  assert(send("3"));
  assertEquals(sent, []);
  fake.events.drain(fake);
  assertEquals(fake.sent, ["1", "2", "3"]);
  assertEquals(sent.map(([text]) => text), ["1", "2", "3"]);
  await socket.close();
});

Deno.test("bun: what has no room is tried again, though nobody tells of room", async () => {
  for (const failure of [undefined, failed("EAGAIN"), failed("ENOBUFS")]) {
    const { socket, fake, sent, send } = await open();
    if (failure) fake.failures = [failure];
    else fake.hasRoom = false;
    assert(send("1"));
    assertEquals(sent, []);
    fake.hasRoom = true;
    await inTime(socket.drain(), "drain");
    assertEquals(sent, [["1", undefined]]);
  }
});

Deno.test("bun: what became of an earlier answer does not fail another", async () => {
  const { socket, fake, sent, send } = await open();
  for (const code of ["ECONNREFUSED", "EHOSTUNREACH"]) {
    fake.failures = [failed(code)];
    assert(send(code));
  }
  assertEquals(sent, [["ECONNREFUSED", undefined], [
    "EHOSTUNREACH",
    undefined,
  ]]);
  await socket.close();
});

Deno.test("bun: what cannot be sent is an error of that answer alone", async () => {
  const { socket, fake, sent, send } = await open();
  const failure = failed("EMSGSIZE");
  fake.failures = [failure, failure];
  assert(send("too long") && send("short"));
  assertEquals(sent, [["too long", failure], ["short", undefined]]);
  await inTime(socket.drain(), "drain");
});

Deno.test("bun: what the system tells of earlier answers is no error", async () => {
  const { socket, fake, errors } = await open();
  fake.events.error(failed("EHOSTUNREACH", { errqueue: true }));
  for (const code of ["ECONNREFUSED", "EHOSTUNREACH", "EMSGSIZE"]) {
    fake.events.error(failed(code));
  }
  // Windows says this of a port that is closed.
  fake.events.error(failed("ECONNRESET"));
  assertEquals(errors, []);
  const failure = failed("ENOMEM");
  fake.events.error(failure);
  assertEquals(errors, [failure]);
  await socket.close();
});

Deno.test("bun: no more than 256 wait, and closing drops them", async () => {
  const { socket, fake, sent, send } = await open();
  fake.hasRoom = false;
  const taken = Array.from({ length: 300 }, () => send("x"));
  assertEquals(taken.filter((it) => it).length, 256);
  // Whoever waits tries for all.
  assertEquals(fake.attempts, 1);
  const draining = socket.drain();
  await socket.close();
  await inTime(draining, "drain");
  fake.hasRoom = true;
  fake.events.drain(fake);
  assertEquals([fake.sent, sent], [[], []]);
});
