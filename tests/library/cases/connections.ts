import assert from "node:assert/strict";
import { type EndReason, type Fault, serveEcho } from "../../../mod.ts";
import { type Cases, Client } from "../client.ts";

/** What is known of connections, and what can be done to them. */
export const connectionCases: Cases = {
  "connections are a live view": async () => {
    await using server = await serveEcho();
    const { connections } = server;
    assert.equal(connections.size, 0);
    await using client = await Client.connect(server.port);
    const connection = await server.waitForConnection();
    assert.deepEqual([...connections], [connection]);
    client.finish();
    await connection.closed;
    assert.equal(connections.size, 0);
  },

  "a connection tells its number, its peer and what has passed": async () => {
    await using server = await serveEcho();
    await using first = await Client.connect(server.port);
    await first.echoes("hello");
    await using second = await Client.connect(server.port);
    await second.echoes("hello again");
    const [one, two] = [
      await server.waitForConnection(1),
      await server.waitForConnection(2),
    ];
    assert.deepEqual([one.id, two.id], [1, 2]);
    assert.deepEqual([one.peer, two.peer], [
      { transport: "tcp", hostname: "127.0.0.1", port: first.port },
      { transport: "tcp", hostname: "127.0.0.1", port: second.port },
    ]);
    assert.deepEqual([one.bytesIn, one.bytesOut], [5, 5]);
    assert.deepEqual([two.bytesIn, two.bytesOut], [11, 11]);
    assert.equal(one.reason, undefined);
    assert.deepEqual([one.protocol, two.protocol], ["tcp", "tcp"]);
    assert(one.ageMs >= two.ageMs && two.ageMs > 0);
  },

  "closed settles with the reason, whatever it is": async () => {
    const ends: Partial<Record<EndReason, (client: Client) => unknown>> = {
      eof: (client) => client.finish(),
      reset: (client) => client.reset(),
    };
    for (const [reason, end] of Object.entries(ends)) {
      await using server = await serveEcho();
      await using client = await Client.connect(server.port);
      const connection = await server.waitForConnection();
      await end(client);
      assert.equal(await connection.closed, reason);
      assert.equal(connection.reason, reason);
    }
    const server = await serveEcho();
    await using client = await Client.connect(server.port);
    const connection = await server.waitForConnection();
    await Promise.all([
      server.shutdown(),
      client.end().then(() => client.finish()),
    ]);
    assert.equal(await connection.closed, "shutdown");
  },

  "abort drops one connection with RST, and no other": async () => {
    for (const record of [false, true]) {
      await using server = await serveEcho({ record });
      await using first = await Client.connect(server.port);
      await first.echoes("first");
      await using second = await Client.connect(server.port);
      await second.echoes("second");
      const connection = await server.waitForConnection();
      connection.abort();
      connection.abort();
      assert.equal(await first.end(), "RST");
      assert.equal(await connection.closed, "fault");
      await second.echoes("still here");
      assert.deepEqual(server.stats.closed, { fault: 1 });
    }
  },

  "abortAll drops every connection with RST, and the server goes on":
    async () => {
      await using server = await serveEcho();
      server.abortAll();
      await using first = await Client.connect(server.port);
      await first.echoes("first");
      await using second = await Client.connect(server.port);
      await second.echoes("second");
      server.abortAll();
      assert.deepEqual([await first.end(), await second.end()], ["RST", "RST"]);
      assert.equal(await (await server.waitForConnection(2)).closed, "fault");
      await using third = await Client.connect(server.port);
      await third.echoes("third");
    },

  "stats count connections and bytes, and stay as they were": async () => {
    const faults: Fault[] = [{ kind: "refuse", conn: 3 }];
    await using server = await serveEcho({ faults });
    const before = server.stats;
    const { latency, ...rest } = before;
    const none = { open: 0, accepted: 0, bytesIn: 0, bytesOut: 0 };
    const protocols = {
      ...{ tcp: none, tls: none, unix: none, http: none, https: none },
    };
    const nothing = {
      ...none,
      protocols,
      failedHandshakes: 0,
      datagrams: {
        ...{ received: 0, sent: 0, bytesIn: 0, bytesOut: 0, dropped: {} },
      },
      http: {
        ...{ requests: 0, answers: {} },
        ...{ webSockets: 0, messagesIn: 0, messagesOut: 0 },
      },
    };
    assert.deepEqual(rest, { ...nothing, closed: {}, refused: {} });
    assert.deepEqual([latency.count, latency.overflow], [0, 0]);
    await using first = await Client.connect(server.port);
    await first.echoes("hello");
    first.finish();
    await (await server.waitForConnection()).closed;
    await using second = await Client.connect(server.port);
    await second.echoes("hello again");
    await using third = await Client.connect(server.port);
    await third.end();
    const { latency: measured, ...after } = server.stats;
    const some = { open: 1, accepted: 2, bytesIn: 16, bytesOut: 16 };
    assert.deepEqual(after, {
      ...{ ...nothing, ...some, protocols: { ...protocols, tcp: some } },
      closed: { eof: 1 },
      refused: { fault: 1 },
    });
    // The first echo of each connection.
    assert.equal(measured.count, 2);
    assert(measured.sumMs > 0);
    assert.deepEqual(rest, { ...nothing, closed: {}, refused: {} });
    assert.equal(latency.count, 0);
  },

  "the latency that is measured is the delay of a fault, too": async () => {
    const faults: Fault[] = [{ kind: "latency", ms: 60 }];
    await using server = await serveEcho({ faults });
    await using client = await Client.connect(server.port);
    for (const text of ["one", "two"]) await client.echoes(text);
    client.finish();
    await (await server.waitForConnection()).closed;
    const { count, buckets, overflow } = server.stats.latency;
    const slow = buckets.filter(({ leMs }) => leMs >= 100);
    const sum = slow.reduce((sum, { count }) => sum + count, overflow);
    assert.deepEqual([count, sum], [2, 2]);
  },

  "record keeps what is received, and hands out copies": async () => {
    await using server = await serveEcho({ record: true });
    await using client = await Client.connect(server.port);
    const connection = await server.waitForConnection();
    assert.equal(connection.text(), "");
    await client.echoes("hallo");
    await client.echoes(" again");
    assert.equal(connection.text(), "hallo again");
    connection.received.fill(0);
    assert.equal(connection.text(), "hallo again");
    assert.equal(connection.received.length, 11);
    client.finish();
    await connection.closed;
    assert.equal(connection.text(), "hallo again");
  },

  "record reads text as UTF-8": async () => {
    await using server = await serveEcho({ record: true });
    await using client = await Client.connect(server.port);
    client.send("grüße");
    const connection = await server.waitForConnection();
    const bytes = await connection.waitForBytes(7);
    assert.equal(connection.text(), "grüße");
    assert.deepEqual(bytes, new TextEncoder().encode("grüße"));
  },

  "record keeps no more than its limit, and echoes everything": async () => {
    const MIB = 1024 * 1024;
    for (
      const [record, kept] of [
        [{ limit: 3 }, 3],
        [{ limit: 0 }, 0],
        [{}, MIB],
        [true, MIB],
      ] as const
    ) {
      await using server = await serveEcho({ record });
      await using client = await Client.connect(server.port);
      await client.echoes("hello".repeat(MIB / 4));
      const connection = await server.waitForConnection();
      assert.equal(connection.received.length, kept);
      assert.equal(connection.bytesIn, 5 * MIB / 4);
    }
  },

  "without record, looking at bytes is a TypeError that says so": async () => {
    const advice = { name: "TypeError", message: /with record: true/ };
    for (const record of [undefined, false]) {
      await using server = await serveEcho({ record });
      await using client = await Client.connect(server.port);
      await client.echoes("hello");
      const connection = await server.waitForConnection();
      assert.throws(() => connection.received, advice);
      assert.throws(() => connection.text(), advice);
      await assert.rejects(connection.waitForBytes(1), advice);
    }
  },

  "faults are composed in their order": async () => {
    await using server = await serveEcho({
      faults: [
        { kind: "slicer", size: 2 },
        { kind: "latency", ms: 50 },
        { kind: "limit_data", bytes: 5 },
      ],
    });
    await using client = await Client.connect(server.port);
    const began = performance.now();
    client.send("hello world");
    assert.equal(await client.end(), "FIN");
    assert.equal(client.received, "hello");
    assert(performance.now() - began >= 45);
    client.finish();
    assert.equal(await (await server.waitForConnection()).closed, "fault");
  },
};
