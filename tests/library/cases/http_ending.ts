import assert from "node:assert/strict";
import { type EchoServer, serveEcho } from "../../../mod.ts";
import { type Cases, Client, inTime, isRefused } from "../client.ts";
import { Socket } from "../socket.ts";

const HTTP = { listen: "http://127.0.0.1:0" } as const;

/** Every way in which a server of requests stops. */
export const httpEndingCases: Cases = {
  "shutdown ends connections that are kept alive, with FIN": async () => {
    const server = await serveEcho({ ...HTTP, httpText: "hello" });
    await using idle = await Client.connect(server.port);
    await asks(idle, "/");
    await using fresh = await Client.connect(server.port);
    await server.waitForConnection(2);
    const shutdown = server.shutdown({ timeoutMs: Infinity });
    for (const client of [idle, fresh]) {
      assert.equal(await client.end(), "FIN");
      client.finish();
    }
    await inTime(shutdown, "shutdown");
    assert(await isRefused(server.port));
    assert.deepEqual(server.stats.closed, { shutdown: 2 });
  },

  "shutdown waits for the answers that are owed": async () => {
    const server = await serveEcho({ ...HTTP, httpText: "hello" });
    await using client = await Client.connect(server.port);
    client.send(head("/?delay=300ms"));
    while (server.stats.http.requests < 1) await turn();
    const shutdown = server.shutdown({ timeoutMs: Infinity });
    assert.equal(await client.end(), "FIN");
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(client.received, /\r\nconnection: close\r\n/i);
    assert(client.received.endsWith("\r\n\r\nhello"));
    client.finish();
    await inTime(shutdown, "shutdown");
    assert.deepEqual(server.stats.http.answers, { 200: 1 });
  },

  "shutdown closes WebSockets, and says why": async () => {
    const server = await serveEcho({ ...HTTP, record: true });
    const sockets = await Promise.all(
      Array.from({ length: 3 }, () => Socket.open(server)),
    );
    for (const socket of sockets) await socket.echo("hello");
    const shutdown = server.shutdown({ timeoutMs: Infinity });
    for (const socket of sockets) {
      assert.deepEqual(await socket.closed, [1001, "the connection ends"]);
    }
    await inTime(shutdown, "shutdown");
    const texts = server.requests.map((request) => request.text());
    assert.deepEqual(texts, ["hello", "hello", "hello"]);
    assert.deepEqual(server.stats.closed, { shutdown: 3 });
    assert.equal(server.stats.http.webSockets, 0);
  },

  "shutdown drops a request that never comes whole when its time is up":
    async () => {
      const server = await serveEcho(HTTP);
      await using client = await Client.connect(server.port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
      while (server.stats.http.requests < 1) await turn();
      await inTime(server.shutdown({ timeoutMs: 100 }), "shutdown");
      await client.end();
      assert.deepEqual(server.stats.closed, { shutdown: 1 });
    },

  "close drops all at once: idle, waiting, uploading and WebSockets":
    async () => {
      const server = await serveEcho({ ...HTTP, httpText: "hello" });
      await using idle = await Client.connect(server.port);
      await asks(idle, "/");
      await using waiting = await Client.connect(server.port);
      waiting.send(head("/?delay=60s"));
      await using uploading = await Client.connect(server.port);
      uploading.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
      const socket = await Socket.open(server);
      await socket.echo("hello");
      while (server.stats.http.requests < 4) await turn();
      await inTime(server.close(), "close");
      for (const client of [idle, waiting, uploading]) {
        assert.equal(await client.end(), "RST");
      }
      assert.equal((await socket.closed)[0], 1006);
      assert.deepEqual(server.stats.closed, { shutdown: 4 });
      assert.equal(server.stats.http.webSockets, 0);
      // What was never answered is told of all the same.
      assert.equal(server.requests.length, 4);
      const owed = server.requests.find(({ query }) => query === "delay=60s");
      assert.equal(owed?.status, 0);
    },

  "abortAll drops requests and WebSockets, and the server goes on":
    async () => {
      await using server = await serveEcho({ ...HTTP, httpText: "hello" });
      await using waiting = await Client.connect(server.port);
      waiting.send(head("/?delay=60s"));
      const socket = await Socket.open(server);
      await socket.echo("hello");
      while (server.stats.http.requests < 2) await turn();
      server.abortAll();
      assert.equal(await waiting.end(), "RST");
      assert.equal((await socket.closed)[0], 1006);
      await using next = await Client.connect(server.port);
      await asks(next, "/");
      while (server.stats.open > 1) await turn();
      assert.deepEqual(server.stats.closed, { fault: 2 });
      const [connection] = server.connections;
      connection.abort();
      assert.equal(await next.end(), "RST");
    },

  "a signal that is aborted closes a server of requests": async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const server = await serveEcho({ ...HTTP, httpText: "hello", signal });
    await using client = await Client.connect(server.port);
    await asks(client, "/");
    controller.abort();
    assert.equal(await client.end(), "RST");
    await inTime(server.finished, "finished");
    assert(await isRefused(server.port));
  },

  "await using leaves nothing behind of a server of requests": async () => {
    let server: EchoServer | undefined;
    const clients: Client[] = [];
    {
      await using inBlock = await serveEcho({ ...HTTP, httpText: "hello" });
      server = inBlock;
      for (let i = 0; i < 3; i++) {
        const client = await Client.connect(server.port);
        clients.push(client);
        await asks(client, `/${i}`);
      }
    }
    assert.equal(server.connections.size, 0);
    for (const client of clients) {
      assert.equal(await client.end(), "FIN");
      await client[Symbol.asyncDispose]();
    }
  },
};

/** The header of a request without a body. */
function head(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

/** Asks for something, of a server that says hello to everything. */
async function asks(client: Client, path: string): Promise<void> {
  client.send(head(path));
  const { length } = client.received;
  for (let next = length + 1; !client.received.endsWith("hello"); next++) {
    await client.receive(next);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
