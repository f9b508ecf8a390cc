import assert from "node:assert/strict";
import { serveEcho, WaitError } from "../../../mod.ts";
import { type Cases, Client, portOf } from "../client.ts";

/** Waiting for connections and for bytes. */
export const waitingCases: Cases = {
  "waitForConnection waits for one that comes later": async () => {
    await using server = await serveEcho();
    const first = server.waitForConnection();
    const second = server.waitForConnection(2);
    await using one = await Client.connect(server.port);
    assert.equal(portOf((await first).peer), one.port);
    await using two = await Client.connect(server.port);
    assert.equal(portOf((await second).peer), two.port);
  },

  "waitForConnection finds one that is open or over": async () => {
    await using server = await serveEcho();
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    const connection = await server.waitForConnection(1);
    assert.equal(connection.reason, undefined);
    client.finish();
    await connection.closed;
    const again = await server.waitForConnection(1, { timeoutMs: 1000 });
    assert.equal(again, connection);
    assert.equal(again.reason, "eof");
  },

  "waitForConnection says in its error who came instead": async () => {
    await using server = await serveEcho();
    await rejects(
      server.waitForConnection(1, { timeoutMs: 20 }),
      "Waited 20 ms for connection 1, the latest is number 0",
    );
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    await rejects(
      server.waitForConnection(3, { timeoutMs: 20 }),
      "Waited 20 ms for connection 3, the latest is number 1",
    );
  },

  "waitForConnection does not wait for one that was turned away": async () => {
    await using server = await serveEcho({
      faults: [{ kind: "refuse", conn: 1 }],
    });
    const message = "Waited for connection 1, which was refused, or is no " +
      "longer remembered; the latest is number ";
    const waiting = rejects(server.waitForConnection(1), `${message}1`);
    await using refused = await Client.connect(server.port);
    await refused.end();
    await waiting;
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    await rejects(server.waitForConnection(1), `${message}2`);
  },

  "waitForConnection gives up at once when the server has stopped":
    async () => {
      const server = await serveEcho();
      const message =
        "Waited for connection 1, the latest is number 0, and the server has " +
        "stopped";
      const waiting = rejects(server.waitForConnection(), message);
      await server.close();
      await waiting;
      await rejects(server.waitForConnection(), message);
    },

  "waitForConnection remembers the latest 1000 connections": async () => {
    await using server = await serveEcho();
    for (let i = 0; i < 1001; i++) {
      await using _ = await Client.connect(server.port);
    }
    await server.waitForConnection(1001);
    assert.equal((await server.waitForConnection(2)).id, 2);
    await rejects(
      server.waitForConnection(1),
      "Waited for connection 1, which was refused, or is no longer " +
        "remembered; the latest is number 1001",
    );
  },

  "waitForBytes waits for a number, for bytes or for a pattern": async () => {
    await using server = await serveEcho({ record: true });
    await using client = await Client.connect(server.port);
    const connection = await server.waitForConnection();
    const bytes = new TextEncoder().encode("o w");
    const waits = [5, bytes, /WORLD/i, /^hello/, /o/g].map((what) =>
      connection.waitForBytes(what)
    );
    await client.echoes("hel");
    await client.echoes("lo ");
    await client.echoes("world");
    const texts = (await Promise.all(waits)).map((received) =>
      new TextDecoder().decode(received)
    );
    assert.deepEqual(
      [texts[0].length >= 5, texts[1].includes("o w"), texts[2], texts[3]],
      [true, true, "hello world", texts[0]],
    );
    assert.match(texts[4], /^hello/);
  },

  "waitForBytes finds what has come already, again and again": async () => {
    await using server = await serveEcho({ record: true });
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    const connection = await server.waitForConnection();
    const [global, sticky] = [/l/g, /l/y];
    for (
      const what of [0, 5, new Uint8Array(), /^hello$/, global, global, sticky]
    ) {
      assert.equal((await connection.waitForBytes(what)).length, 5);
    }
    client.finish();
    await connection.closed;
    assert.equal((await connection.waitForBytes(/hello/)).length, 5);
  },

  "waitForBytes says in its error what was received instead": async () => {
    await using server = await serveEcho({ record: true });
    await using client = await Client.connect(server.port);
    await client.echoes("hello\n");
    const connection = await server.waitForConnection();
    const state = `on connection 1 from 127.0.0.1:${client.port}, ` +
      'which is open and has received 6 bytes "hello\\n"';
    const options = { timeoutMs: 20 };
    await rejects(
      connection.waitForBytes(10, options),
      `Waited 20 ms for 10 bytes ${state}`,
    );
    await rejects(
      connection.waitForBytes(/wo.ld/i, options),
      `Waited 20 ms for /wo.ld/i ${state}`,
    );
    await rejects(
      connection.waitForBytes(new TextEncoder().encode("world"), options),
      `Waited 20 ms for 5 bytes "world" ${state}`,
    );
  },

  "waitForBytes gives up at once when the connection is over": async () => {
    await using server = await serveEcho({ record: true });
    await using client = await Client.connect(server.port);
    const connection = await server.waitForConnection();
    const message = `Waited for /world/ on connection 1 from ` +
      `127.0.0.1:${client.port}, which is over (eof) and has received ` +
      `5 bytes "hello"`;
    const waiting = rejects(connection.waitForBytes(/world/), message);
    await client.echoes("hello");
    client.finish();
    await waiting;
    await rejects(connection.waitForBytes(/world/), message);
  },

  "waitForBytes gives up at once when the limit is passed": async () => {
    await using server = await serveEcho({ record: { limit: 70 } });
    await using client = await Client.connect(server.port);
    await client.echoes("a".repeat(100));
    const connection = await server.waitForConnection();
    await rejects(
      connection.waitForBytes(100),
      `Waited for 100 bytes on connection 1 from ` +
        `127.0.0.1:${client.port}, which is open and has received ` +
        `70 bytes "${"a".repeat(64)}"..., and 30 more that the limit left out`,
    );
  },
};

async function rejects(wait: Promise<unknown>, message: string): Promise<void> {
  await assert.rejects(wait, (error) => {
    assert(error instanceof WaitError, `${error}`);
    assert.deepEqual([error.name, error.message], ["WaitError", message]);
    return true;
  });
}
