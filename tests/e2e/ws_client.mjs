/**
 * A client of the npm package `ws`, for Node: does one thing with a server, and
 * prints what it has seen as one line of JSON. Its arguments are the directory of
 * the package, the URL, and what to do.
 *
 * @module
 */

import { once } from "node:events";
import { createRequire } from "node:module";
import process from "node:process";

const [packages, url, what, ...args] = process.argv.slice(2);

const WebSocket = createRequire(`${packages}/`)("ws");

/** Opens a WebSocket that keeps what it receives. */
async function open(protocols) {
  const socket = new WebSocket(url, protocols);
  const received = [];
  let wake = () => {};
  socket.on("message", (data, isBinary) => {
    received.push(isBinary ? data : String(data));
    wake();
  });
  const closed = once(socket, "close");
  await once(socket, "open");
  return {
    socket,
    received,
    receive: async (count) => {
      while (received.length < count) {
        await new Promise((resolve) => wake = resolve);
      }
      return received;
    },
    close: async (...how) => {
      socket.close(...how);
      const [code, reason] = await closed;
      return [code, String(reason)];
    },
    closed: closed.then(([code, reason]) => [code, String(reason)]),
  };
}

const ACTS = {
  async messages() {
    const client = await open();
    const { socket } = client;
    const sent = ["text", "", "h\u00e9llo \u{1f600}", Buffer.from([0, 255, 7])];
    sent.push(Buffer.alloc(0));
    for (const data of sent) socket.send(data);
    // Three frames each, the last of which may be empty.
    for (const parts of [["a", "b", "c"], ["d", "", ""]]) {
      for (const [at, part] of parts.entries()) {
        socket.send(part, { fin: at === parts.length - 1 });
      }
    }
    const received = await client.receive(sent.length + 2);
    const seen = received.map((it) => Buffer.isBuffer(it) ? [...it] : it);
    return { received: seen, closed: await client.close(4321, "that is all") };
  },

  async pings() {
    const client = await open();
    const pongs = [];
    for (const text of ["", "payload", "x".repeat(125)]) {
      const pong = once(client.socket, "pong");
      client.socket.ping(text);
      pongs.push(String((await pong)[0]));
    }
    // A ping between the frames of a message is answered before it.
    const order = [];
    client.socket.on("pong", () => order.push("pong"));
    client.socket.on("message", () => order.push("message"));
    client.socket.send("one", { fin: false });
    client.socket.ping("amid");
    await once(client.socket, "pong");
    client.socket.send("two", { fin: true });
    const received = await client.receive(1);
    return { pongs, order, received, closed: await client.close() };
  },

  async closes() {
    const seen = [];
    for (const how of [[], [1000], [1001, "bye"], [3000, "x".repeat(123)]]) {
      const client = await open();
      client.socket.send("hello");
      await client.receive(1);
      seen.push(await client.close(...how));
    }
    return { seen };
  },

  async protocols() {
    const seen = [];
    for (const protocols of [[], ["chat"], ["graphql-ws", "chat"]]) {
      const client = await open(protocols);
      seen.push(client.socket.protocol);
      await client.close();
    }
    return { seen };
  },

  async sizes() {
    const sent = args.map((size) => Buffer.alloc(Number(size), 7));
    const { socket, closed } = await open();
    const received = [];
    for (const data of sent.slice(0, -1)) {
      socket.send(data);
      const [echo] = await once(socket, "message");
      received.push(echo.equals(data));
    }
    socket.on("error", () => {});
    socket.send(sent.at(-1));
    return { received, closed: (await closed)[0] };
  },

  async crowd() {
    const [count] = args.map(Number);
    const clients = await Promise.all(
      Array.from({ length: count }, () => open()),
    );
    for (const [at, { socket }] of clients.entries()) {
      for (let i = 0; i < 5; i++) socket.send(`${at} ${i}`);
    }
    const wrong = [];
    for (const [at, client] of clients.entries()) {
      const expected = Array.from({ length: 5 }, (_, i) => `${at} ${i}`);
      const received = await client.receive(5);
      if (received.join() !== expected.join()) wrong.push(received);
    }
    const ends = await Promise.all(
      clients.map((client, at) => client.close(4000 + at)),
    );
    return { wrong, codes: ends.map(([code]) => code) };
  },

  async drained() {
    const client = await open();
    client.socket.send("hello");
    await client.receive(1);
    console.log("ready");
    return { closed: await client.closed };
  },
};

console.log(JSON.stringify(await ACTS[what]()));
