import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { bind as bindOnDeno } from "../../src/adapters/deno/datagram.ts";
import { bind as bindOnNode } from "../../src/adapters/node/datagram.ts";
import type { DatagramSocket } from "../../src/net.ts";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf, inTime, textOf } from "../fake_conn.ts";
import { udp } from "../udp/fake_socket.ts";
import { type Bind, openWith } from "./answering_socket.ts";

const ADAPTERS: readonly [name: string, bind: Bind][] = [
  ["node:dgram", bindOnNode],
  ["Deno.listenDatagram", bindOnDeno],
];

// Without what deno.json enables, one adapter would be tested twice.
assert("listenDatagram" in Deno);

const HAS_IPV6 = await bindOnNode(udp("::1", 0), {}).then((socket) => {
  socket.close();
  return true;
}, () => false);
const HOSTS = HAS_IPV6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"];

/** A client of Node's own. */
async function dial({ addr }: DatagramSocket) {
  const socket: Socket = createSocket(
    addr.hostname === "::1" ? "udp6" : "udp4",
  );
  socket.bind(0, addr.hostname);
  await inTime(once(socket, "listening"), "a client");
  const send = (data: Uint8Array) =>
    socket.send(data, addr.port, addr.hostname);
  /** Sends something and gives back what comes next. */
  const exchange = async (data: Uint8Array): Promise<Uint8Array> => {
    const answer = once(socket, "message");
    send(data);
    const [message] = await inTime(answer, "an answer");
    return message;
  };
  const leave = async () => {
    const closed = once(socket, "close");
    socket.close();
    await inTime(closed, "close");
  };
  const { port } = socket.address();
  return { send, exchange, leave, port, [Symbol.asyncDispose]: leave };
}

for (const [name, bind] of ADAPTERS) {
  const open = (host?: string) => openWith(bind, host);

  for (const host of HOSTS) {
    Deno.test(`${name}: 0, 1 and 65507 bytes come back as they are, on ${host}`, async () => {
      using opened = await open(host);
      await using client = await dial(opened.socket);
      for (const length of [0, 1, 1472, 65_507]) {
        const data = Uint8Array.from({ length }, (_, i) => i * 31 + length);
        const answer = await client.exchange(data);
        assertEquals(answer.length, length);
        assert(answer.every((byte, i) => byte === data[i]));
      }
      assertEquals(
        new Set(opened.sources.map(({ port }) => port)),
        new Set([
          client.port,
        ]),
      );
      assertEquals(opened.sources[0], udp(host, client.port));
    });
  }

  Deno.test(`${name}: a socket knows its real port`, async () => {
    using opened = await open();
    const { transport, hostname, port } = opened.socket.addr;
    assertEquals([transport, hostname], ["udp", "127.0.0.1"]);
    assert(port > 0);
  });

  Deno.test(`${name}: an address that is in use rejects, with its code`, async () => {
    using opened = await open();
    const { addr } = opened.socket;
    const error = await bind(addr, {}).catch((error) => error);
    assert(error instanceof Error && "code" in error);
    assertEquals(error.code, "EADDRINUSE");
    // It is the second that failed: the first is as it was.
    await using client = await dial(opened.socket);
    assertEquals(textOf(await client.exchange(bytesOf("hello"))), "hello");
  });

  Deno.test(`${name}: once a socket is closed, its port is free, though sends were under way`, async () => {
    using opened = await open();
    const { socket } = opened;
    await using client = await dial(socket);
    const target = udp("127.0.0.1", client.port);
    for (let i = 0; i < 100; i++) assert(socket.send(bytesOf("x"), target));
    await inTime(socket.close(), "close");
    (await bind(socket.addr, {})).close();
  });

  Deno.test(`${name}: a client that leaves before its answer harms no other`, async () => {
    using opened = await open();
    const { socket, sources, sent, errors, state, until } = opened;
    await using innocent = await dial(socket);
    state.answers = false;
    for (let i = 1; i <= 5; i++) {
      const leaver = await dial(socket);
      leaver.send(bytesOf("bye"));
      await until(() => sources.length === i);
      await leaver.leave();
    }
    // To each a few, since the first is what the system reports an error of.
    for (const source of [...sources, ...sources]) {
      assert(socket.send(bytesOf("too late"), source));
    }
    await until(() => sent.length === 10);
    state.answers = true;
    for (const text of ["one", "two", "three"]) {
      assertEquals(textOf(await innocent.exchange(bytesOf(text))), text);
    }
    const innocents = sent.filter(([text]) => text !== "too late");
    assertEquals(innocents.map(([, error]) => error), Array(3).fill(undefined));
    assertEquals(errors, []);
  });

  Deno.test(`${name}: what is too long to be sent is an error of that send alone`, async () => {
    using opened = await open();
    const { socket, sent, until } = opened;
    await using client = await dial(socket);
    assert(socket.send(new Uint8Array(65_508), udp("127.0.0.1", client.port)));
    await until(() => sent.length === 1);
    assert(sent[0][1] instanceof Error);
    assertEquals(textOf(await client.exchange(bytesOf("hello"))), "hello");
  });

  Deno.test(`${name}: drain sends what waits, then closes`, async () => {
    using opened = await open();
    const { socket, sent } = opened;
    await using client = await dial(socket);
    const target = udp("127.0.0.1", client.port);
    for (let i = 0; i < 100; i++) assert(socket.send(bytesOf(`${i}`), target));
    await inTime(socket.drain(), "drain");
    const expected = Array.from({ length: 100 }, (_, i) => `${i}`);
    assertEquals(sent.map(([text]) => text).sort(), expected.sort());
    assertEquals(sent.filter(([, error]) => error), []);
    assertEquals(socket.send(bytesOf("late"), target), false);
  });

  Deno.test(`${name}: once a socket is drained, its port is free`, async () => {
    using opened = await open();
    const { socket } = opened;
    await inTime(socket.drain(), "drain");
    (await bind(socket.addr, {})).close();
  });

  Deno.test(`${name}: more than 256 that wait to be sent are not taken`, async () => {
    using opened = await open();
    const { socket, sent, until } = opened;
    await using client = await dial(socket);
    const target = udp("127.0.0.1", client.port);
    const taken = Array.from(
      { length: 300 },
      () => socket.send(bytesOf("x"), target),
    );
    assertEquals(taken.filter((it) => it).length, 256);
    await until(() => sent.length === 256);
    assert(socket.send(bytesOf("x"), target));
    await until(() => sent.length === 257);
  });

  Deno.test(`${name}: a socket may be closed and drained any number of times`, async () => {
    for (const first of ["close", "drain"] as const) {
      using opened = await open();
      const { socket } = opened;
      await inTime(Promise.resolve(socket[first]()), first);
      socket.close();
      await inTime(socket.drain(), "drain");
      socket.close();
      assertEquals(socket.send(bytesOf("x"), udp("127.0.0.1", 50_000)), false);
    }
  });

  Deno.test(`${name}: close ends a drain that waits`, async () => {
    using opened = await open();
    const { socket } = opened;
    const target = udp("127.0.0.1", 50_000);
    for (let i = 0; i < 100; i++) socket.send(bytesOf("x"), target);
    const draining = socket.drain();
    socket.close();
    await inTime(draining, "drain");
  });
}

Deno.test("an address of another machine rejects, with its code", async () => {
  const error = await bindOnNode(udp("192.0.2.1", 0), {}).catch((it) => it);
  assert(error instanceof Error && "code" in error);
  assertEquals(error.code, "EADDRNOTAVAIL");
});
