import assert from "node:assert/strict";
import {
  type Fault,
  ListenError,
  OptionError,
  serveEcho,
  type ServeEchoOptions,
  type ServerRecord,
} from "../../../mod.ts";
import { type Cases, Client, freePort, isRefused, portOf } from "../client.ts";

/** Where it listens, its limits, seed and records, and what it refuses. */
export const optionCases: Cases = {
  "without options, it listens on a free port of loopback": async () => {
    await using server = await serveEcho();
    await using other = await serveEcho({});
    const [addr] = server.addrs;
    const { port } = server;
    assert.deepEqual(server.addrs, [addr]);
    assert.deepEqual(addr, { transport: "tcp", hostname: "127.0.0.1", port });
    assert(port > 0 && port !== other.port);
    assert.equal(server.url, `tcp://127.0.0.1:${port}`);
    assert.deepEqual(server.urls, [server.url]);
    await using client = await Client.connect(port);
    await client.echoes("hello");
  },

  "it listens on the URL that it is given": async () => {
    const port = await freePort();
    const listen = `tcp://127.0.0.1:${port}`;
    await using server = await serveEcho({ listen });
    assert.equal(server.url, listen);
    await using client = await Client.connect(port);
    await client.echoes("hello");
  },

  "it listens on several URLs, in their order": async () => {
    const port = await freePort();
    const listen = [`tcp://127.0.0.1:${port}`, "tcp://127.0.0.1:0"];
    await using server = await serveEcho({ listen });
    assert.equal(server.url, listen[0]);
    assert.equal(server.urls.length, 2);
    assert.deepEqual(
      server.urls,
      server.addrs.map((addr) => `tcp://127.0.0.1:${portOf(addr)}`),
    );
    for (const addr of server.addrs) {
      const port = portOf(addr);
      await using client = await Client.connect(port);
      await client.echoes("hello");
    }
    // Numbers count across listeners.
    assert.equal((await server.waitForConnection(2)).id, 2);
  },

  "a port in use is a ListenError, and no other port stays taken": async () => {
    const port = await freePort();
    await using server = await serveEcho();
    const listen = [`tcp://127.0.0.1:${port}`, server.url];
    await assert.rejects(serveEcho({ listen }), (error) => {
      assert(error instanceof ListenError);
      assert.equal(error.name, "ListenError");
      assert.match(error.message, RegExp(`${server.url}: .*in use.*another`));
      return true;
    });
    assert(await isRefused(port));
    assert.equal(await isRefused(server.port), false);
  },

  "a URL that cannot be used is an OptionError": async () => {
    await fails({ listen: "nonsense" }, /"nonsense": expected tcp:/);
    await fails({ listen: "quic://127.0.0.1:7" }, /unknown scheme "quic"/);
    await fails({ listen: "tcp://127.0.0.1" }, /expected tcp:\/\/HOST:PORT/);
    await fails({ listen: "tcp://127.0.0.1:65536" }, /up to 65535/);
    await fails({ listen: ["tcp://127.0.0.1:0", "x"] }, /"x"/);
    await fails({ listen: [] }, /listen on nothing/);
  },

  "a fault that cannot be used is an OptionError that shows it": async () => {
    // As programs without types may give them.
    const wrong: readonly [json: string, complaint: RegExp][] = [
      ['{"kind":"latancy","ms":1}', /latancy.*did you mean latency\?/],
      ['{"kind":"latency"}', /needs ms, such as latency:ms=100/],
      ['{"kind":"latency","ms":-1}', /cannot use ms=-1: expected a duration/],
      ['{"kind":"mute","p":1.5}', /p=1.5/],
      ['{"kind":"mute","bytes":1}', /mute has no key "bytes"/],
      ['{"kind":"mute","conn":"3-1"}', /conn=3-1: .*such as 2 or 1-3/],
      ['{"kind":"mute","conn":0}', /conn=0: .*such as 2 or 1-3/],
      ['{"kind":"mute","every":0}', /every=0: .*at least 1/],
      ['{"kind":"mute","after":"soon"}', /after=soon: .*such as 4KiB or 2s/],
      ['{"kind":"mute","peer":"localhost"}', /peer=localhost: .*IP address/],
      ['{"kind":"refuse","after":1}', /refuse has no key after/],
      ["null", /expected an object such as/],
    ];
    for (const [json, complaint] of wrong) {
      const fault: Fault = JSON.parse(json);
      const faults: Fault[] = [{ kind: "mute" }, fault];
      const message = await fails({ faults }, complaint);
      assert(message.startsWith(`Cannot use fault ${json}: `), message);
    }
  },

  "a number that is none is an OptionError that names it": async () => {
    await fails({ maxBytes: -1 }, /maxBytes -1: expected a whole number/);
    await fails({ idleTimeoutMs: 0.5 }, /idleTimeoutMs 0.5/);
    await fails({ writeTimeoutMs: NaN }, /writeTimeoutMs NaN/);
    await fails({ maxLifetimeMs: Infinity }, /maxLifetimeMs Infinity/);
    await fails({ maxConnections: -2 }, /maxConnections -2/);
    await fails({ maxConnectionsPerIp: 1.5 }, /maxConnectionsPerIp 1.5/);
    await fails({ seed: -1 }, /seed -1/);
    await fails({ seed: 2 ** 32 }, /seed 4294967296/);
    await fails({ record: { limit: -1 } }, /record.limit -1/);
    await fails({ maxBody: -1 }, /maxBody -1: expected a whole number/);
    await fails({ maxMessage: 0.5 }, /maxMessage 0.5/);
  },

  "maxMessage 0 is an OptionError, and 1 is the least": async () => {
    await fails({ maxMessage: 0 }, /maxMessage 0: expected at least 1/);
    await using server = await serveEcho({ maxMessage: 1, maxBody: 0 });
    assert(server.port > 0);
  },

  "a maxMessage that the runtime cannot take is an OptionError, if there is HTTP":
    async () => {
      const maxMessage = 2 ** 31;
      await fails(
        { listen: "http://127.0.0.1:0", maxMessage },
        /^Cannot take messages of 2147483648 bytes.*: (deno|bun) .* at most \d+$/,
      );
      await using server = await serveEcho({ maxMessage });
      assert(server.port > 0);
    },

  "an httpText that is no string is an OptionError that shows it": async () => {
    // As programs without types may give it.
    for (const json of ["5", "true", "null", "[]", "{}"]) {
      const options: ServeEchoOptions = JSON.parse(`{"httpText":${json}}`);
      await fails(options, /Cannot use httpText .*: expected a string$/);
    }
    await using server = await serveEcho({ httpText: "" });
    assert(server.port > 0);
  },

  "maxConnections and maxConnectionsPerIp turn newcomers away": async () => {
    for (
      const [options, reason] of [
        [{ maxConnections: 1 }, "max-connections"],
        [{ maxConnectionsPerIp: 1 }, "max-connections-per-ip"],
      ] as const
    ) {
      await using server = await serveEcho(options);
      await using first = await Client.connect(server.port);
      await first.echoes("first");
      await using second = await Client.connect(server.port);
      await second.end();
      assert.deepEqual(server.stats.refused, { [reason]: 1 });
      await first.echoes("still here");
    }
  },

  "maxBytes, idleTimeoutMs and maxLifetimeMs end connections in order":
    async () => {
      for (
        const [options, reason] of [
          [{ maxBytes: 5 }, "max-bytes"],
          [{ idleTimeoutMs: 100 }, "idle-timeout"],
          [{ maxLifetimeMs: 100 }, "max-lifetime"],
        ] as const
      ) {
        await using server = await serveEcho(options);
        await using client = await Client.connect(server.port);
        await client.echoes("hello");
        assert.equal(await client.end(), "FIN");
        client.finish();
        const connection = await server.waitForConnection();
        assert.equal(await connection.closed, reason);
      }
    },

  "writeTimeoutMs drops a client that does not read": async () => {
    await using server = await serveEcho({ writeTimeoutMs: 200 });
    await using client = await Client.connect(server.port);
    client.pause();
    client.send(new Uint8Array(64 * 1024 * 1024));
    const connection = await server.waitForConnection();
    assert.equal(await connection.closed, "write-timeout");
    client.resume();
    assert.equal(await client.end(), "RST");
  },

  "onRecord is told of everything, in order": async () => {
    const records: ServerRecord[] = [];
    const onRecord = (record: ServerRecord) => void records.push(record);
    const server = await serveEcho({ onRecord, maxConnections: 1 });
    await using client = await Client.connect(server.port);
    await client.echoes("hello");
    await using second = await Client.connect(server.port);
    await second.end();
    client.finish();
    await (await server.waitForConnection()).closed;
    await server.shutdown({ timeoutMs: 77 });

    const [listening, connect, refused, disconnect, shutdown, ...more] =
      records;
    const peer = `127.0.0.1:${client.port}`;
    assert(listening.event === "listening");
    const { runtime } = listening;
    assert.match(runtime, /^(deno|bun) \d+\.\d+\.\d+/);
    assert.deepEqual(listening, {
      event: "listening",
      url: server.url,
      runtime,
    });
    assert.deepEqual(connect, { event: "connect", id: 1, peer });
    assert.deepEqual(refused, {
      event: "refused",
      peer: `127.0.0.1:${second.port}`,
      reason: "max-connections",
    });
    assert(disconnect.event === "disconnect");
    const { durationMs } = disconnect;
    assert(Number.isInteger(durationMs) && durationMs >= 0);
    assert.deepEqual(disconnect, {
      event: "disconnect",
      ...{ id: 1, peer, bytesIn: 5, bytesOut: 5, durationMs, reason: "eof" },
    });
    assert.deepEqual(shutdown, {
      event: "shutdown",
      connections: 0,
      timeoutMs: 77,
    });
    assert.deepEqual(more, []);
  },

  "the seed is known, and on record where there are faults": async () => {
    const records: ServerRecord[] = [];
    const onRecord = (record: ServerRecord) => void records.push(record);
    const faults: Fault[] = [{ kind: "corrupt" }];
    await using given = await serveEcho({ onRecord, faults, seed: 5 });
    assert.equal(given.seed, 5);
    await using drawn = await serveEcho({ onRecord, faults });
    assert(drawn.seed !== (await seedOf()), "two servers drew the same seed");
    const seeds = records.flatMap((record) =>
      record.event === "listening" ? [record.seed] : []
    );
    assert.deepEqual(seeds, [5, drawn.seed]);
  },

  "the same seed hits the same connections": async () => {
    const faults: Fault[] = [{ kind: "limit_data", bytes: 1, p: 0.5 }];
    const hitsOf = async (seed: number) => {
      await using server = await serveEcho({ faults, seed });
      let hits = "";
      for (let i = 0; i < 24; i++) {
        await using client = await Client.connect(server.port);
        client.send("ab");
        client.finish();
        await client.end();
        hits += client.received.length;
      }
      return hits;
    };
    const hits = await hitsOf(7);
    assert.match(hits, /1.*2|2.*1/);
    assert.equal(await hitsOf(7), hits);
    assert.notEqual(await hitsOf(8), hits);
  },
};

/** Starts a server in vain and gives back what its OptionError says. */
async function fails(
  options: ServeEchoOptions,
  complaint: RegExp,
): Promise<string> {
  try {
    await (await serveEcho(options)).close();
  } catch (error) {
    assert(error instanceof OptionError, `${error}`);
    assert.equal(error.name, "OptionError");
    assert.match(error.message, complaint);
    return error.message;
  }
  assert.fail(`a server with ${JSON.stringify(options)} started`);
}

async function seedOf(): Promise<number> {
  await using server = await serveEcho();
  return server.seed;
}
