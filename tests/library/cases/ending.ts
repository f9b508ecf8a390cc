import assert from "node:assert/strict";
import { type EchoServer, serveEcho, type ServerRecord } from "../../../mod.ts";
import { type Cases, Client, freePort, inTime, isRefused } from "../client.ts";

const MUCH = new Uint8Array(64 * 1024 * 1024);

/** Every way in which a server stops. */
export const endingCases: Cases = {
  "a signal that is aborted already starts nothing": async () => {
    const records: ServerRecord[] = [];
    const reason = new Error("changed my mind");
    await assert.rejects(
      serveEcho({
        signal: AbortSignal.abort(reason),
        onRecord: (record) => void records.push(record),
      }),
      (error) => error === reason,
    );
    assert.deepEqual(records, []);
  },

  "a signal that is aborted while the server starts ends that": async () => {
    const controller = new AbortController();
    const port = await freePort();
    const listen = `tcp://127.0.0.1:${port}`;
    const reason = new Error("changed my mind");
    const starting = serveEcho({ listen, signal: controller.signal });
    const failing = assert.rejects(starting, (error) => error === reason);
    controller.abort(reason);
    await failing;
    assert(await isRefused(port));
  },

  "a signal that is aborted later closes the server": async () => {
    const controller = new AbortController();
    const server = await serveEcho({ signal: controller.signal });
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    controller.abort();
    assert.equal(await client.end(), "RST");
    await inTime(server.finished, "finished");
    assert.deepEqual(server.stats.closed, { shutdown: 1 });
    assert(await isRefused(server.port));
  },

  "a signal that is aborted after the end does no harm": async () => {
    const controller = new AbortController();
    const server = await serveEcho({ signal: controller.signal });
    await server.close();
    controller.abort();
    await using other = await serveEcho();
    await using client = await Client.connect(other.port);
    await client.echoes("hello");
  },

  "shutdown ends clients with FIN and lets nobody in": async () => {
    const records: ServerRecord[] = [];
    const onRecord = (record: ServerRecord) => void records.push(record);
    const server = await serveEcho({ onRecord });
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    let isFinished = false;
    server.finished.then(() => isFinished = true);
    const shutdown = server.shutdown();
    assert.equal(await client.end(), "FIN");
    assert(await isRefused(server.port));
    assert.equal(isFinished, false);
    client.finish();
    await inTime(shutdown, "shutdown");
    assert.equal(isFinished, true);
    assert.deepEqual(server.stats.closed, { shutdown: 1 });
    assert.deepEqual(
      records.find(({ event }) => event === "shutdown"),
      { event: "shutdown", connections: 1, timeoutMs: 10_000 },
    );
  },

  "shutdown writes out what was received": async () => {
    const server = await serveEcho({ faults: [{ kind: "latency", ms: 200 }] });
    await using client = await Client.connect(server.port);
    client.send("hello");
    const connection = await server.waitForConnection();
    while (connection.bytesIn < 5) await turn();
    const shutdown = server.shutdown();
    assert.equal(await client.end(), "FIN");
    assert.equal(client.received, "hello");
    client.finish();
    await inTime(shutdown, "shutdown");
  },

  "shutdown drops what is left when its time is up": async () => {
    for (const timeoutMs of [0, 100]) {
      const server = await serveEcho();
      await using client = await clog(server);
      const began = performance.now();
      await inTime(server.shutdown({ timeoutMs }), "shutdown");
      assert(performance.now() - began >= timeoutMs - 5);
      assert.deepEqual(server.stats.closed, { shutdown: 1 });
      client.resume();
      assert.equal(await client.end(), "RST");
    }
  },

  "shutdown and close can be called again, and while the other goes on":
    async () => {
      const server = await serveEcho();
      await using _ = await clog(server);
      const shutdowns = [server.shutdown(), server.shutdown()];
      await server.close();
      await Promise.all([...shutdowns, server.close(), server.finished]);
      await server.shutdown();
      await server[Symbol.asyncDispose]();
      assert.deepEqual(server.stats.closed, { shutdown: 1 });
    },

  "close drops every client with RST, at once": async () => {
    const server = await serveEcho();
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    await inTime(server.close(), "close");
    assert.equal(await client.end(), "RST");
    assert(await isRefused(server.port));
    assert.equal(server.connections.size, 0);
  },

  "await using ends the server with its block": async () => {
    let server: EchoServer | undefined;
    const clients: Client[] = [];
    {
      const faults = [{ kind: "latency", ms: 100 }] as const;
      await using inBlock = await serveEcho({ faults });
      server = inBlock;
      for (const id of [1, 2]) {
        const client = await Client.connect(server.port);
        clients.push(client);
        client.send("hello");
        const connection = await server.waitForConnection(id);
        while (connection.bytesIn < 5) await turn();
      }
    }
    assert.equal(server.connections.size, 0);
    assert.deepEqual(server.stats.closed, { shutdown: 2 });
    assert(await isRefused(server.port));
    for (const client of clients) {
      assert.equal(await client.end(), "FIN");
      assert.equal(client.received, "hello");
      await client[Symbol.asyncDispose]();
    }
  },

  "a server without clients ends at once": async () => {
    const server = await serveEcho();
    await inTime(server.shutdown({ timeoutMs: Infinity }), "shutdown");
    await inTime(server.finished, "finished");
    assert(await isRefused(server.port));
  },
};

/** A client that has sent so much that the server is stuck in a write. */
async function clog(server: EchoServer): Promise<Client> {
  const client = await Client.connect(server.port);
  client.pause();
  client.send(MUCH);
  const connection = await server.waitForConnection();
  await using elsewhere = await serveEcho();
  await using other = await Client.connect(elsewhere.port);
  for (let before = -1; before <= 0 || connection.bytesOut > before;) {
    before = connection.bytesOut;
    // Time enough for a write that is not stuck.
    for (let i = 0; i < 20; i++) await other.echoes("hello");
  }
  return client;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
