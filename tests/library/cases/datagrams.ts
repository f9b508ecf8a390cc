import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import {
  type Fault,
  serveEcho,
  type ServeEchoOptions,
  type ServerRecord,
} from "../../../mod.ts";
import { type Cases, Client, inTime, portOf } from "../client.ts";
import { DatagramClient } from "../datagram_client.ts";

const LISTEN = "udp://127.0.0.1:0";
const HAS_IPV6 = Object.values(networkInterfaces()).flat().some((it) =>
  it?.address === "::1"
);
const URLS = HAS_IPV6 ? [LISTEN, "udp://[::1]:0"] : [LISTEN];

/** Starts a server for datagrams that keeps its records. */
async function start(options: ServeEchoOptions = {}) {
  const records: ServerRecord[] = [];
  const onRecord = (record: ServerRecord) => void records.push(record);
  const server = await serveEcho({ listen: LISTEN, onRecord, ...options });
  const drops = () =>
    records.flatMap((record) => record.event === "dropped" ? [record] : []);
  return { server, records, drops };
}

/** The echo of datagrams. */
export const datagramCases: Cases = {
  "datagrams come back as they are, on IPv4 and IPv6": async () => {
    for (const listen of URLS) {
      await using server = await serveEcho({ listen });
      assert.match(server.url, /^udp:\/\/(127\.0\.0\.1|\[::1\]):[1-9]\d*$/);
      assert.equal(server.port, portOf(server.addrs[0]));
      await using client = await DatagramClient.open(server);
      for (const length of [0, 1, 1472, 65_507]) {
        const data = Uint8Array.from({ length }, (_, i) => i * 31 + length);
        const count = client.received.length + 1;
        await client.send(data);
        await client.receive(count);
        assert.deepEqual(client.received[count - 1], data);
      }
      await server.shutdown();
      assert.deepEqual(server.stats.datagrams, {
        ...{ received: 4, sent: 4, bytesIn: 66_980, bytesOut: 66_980 },
        dropped: {},
      });
    }
  },

  "each client gets its own answers": async () => {
    await using server = await serveEcho({ listen: LISTEN });
    await using one = await DatagramClient.open(server);
    await using other = await DatagramClient.open(server);
    await one.send("a", "b");
    await other.send("c");
    await one.receive(2);
    await other.receive(1);
    assert.deepEqual([one.texts, other.texts], [["a", "b"], ["c"]]);
  },

  "a client that leaves before its answer harms no other": async () => {
    const faults: Fault[] = [{ kind: "latency", ms: 30, conn: "1-5" }];
    const { server, records } = await start({ faults });
    await using _ = server;
    await using innocent = await DatagramClient.open(server);
    for (let i = 0; i < 5; i++) {
      const leaver = await DatagramClient.open(server);
      await leaver.send("bye");
      await leaver.leave();
    }
    for (let i = 1; i <= 20; i++) {
      await innocent.send(`${i}`);
      await innocent.receive(i);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const { received, dropped } = server.stats.datagrams;
    assert.deepEqual([received, dropped], [25, {}]);
    assert.deepEqual(records.map(({ event }) => event), ["listening"]);
  },

  "datagrams are no connections": async () => {
    await using server = await serveEcho({ listen: [LISTEN, "tcp://[::1]:0"] })
      .catch(() => serveEcho({ listen: [LISTEN, "tcp://127.0.0.1:0"] }));
    await using client = await DatagramClient.open(server);
    await client.send("hello");
    await client.receive(1);
    const { accepted, open, bytesIn } = server.stats;
    assert.deepEqual([accepted, open, bytesIn], [0, 0, 0]);
    assert.equal(server.stats.datagrams.received, 1);
  },

  "UDP and TCP may share a port": async () => {
    await using tcp = await serveEcho();
    const listen = `udp://127.0.0.1:${tcp.port}`;
    await using udp = await serveEcho({ listen });
    await using stream = await Client.connect(tcp.port);
    await stream.echoes("hello");
    await using client = await DatagramClient.open(udp);
    await client.send("hello");
    assert.deepEqual(await client.receive(1), ["hello"]);
  },

  "faults hit datagrams by their numbers": async () => {
    const { server, drops } = await start({
      faults: [
        { kind: "drop", conn: 1 },
        { kind: "duplicate", conn: 2 },
        { kind: "reorder", conn: 3, ms: 60_000 },
      ],
    });
    await using _ = server;
    await using client = await DatagramClient.open(server);
    for (const [text, count] of [["a", 0], ["b", 2], ["c", 2], ["d", 4]]) {
      await client.send(`${text}`);
      await client.receive(Number(count));
    }
    assert.deepEqual(client.texts, ["b", "b", "d", "c"]);
    await server.shutdown();
    assert.deepEqual(drops(), []);
    const { received, sent, dropped } = server.stats.datagrams;
    assert.deepEqual([received, sent, dropped], [4, 4, { fault: 1 }]);
  },

  "latency and corrupt work on datagrams, the same by the same seed":
    async () => {
      const text = "0123456789".repeat(20);
      const run = async (seed: number) => {
        const faults: Fault[] = [
          { kind: "latency", ms: 20, jitter: 5 },
          { kind: "corrupt", rate: 0.05 },
        ];
        await using server = await serveEcho({ listen: LISTEN, faults, seed });
        await using client = await DatagramClient.open(server);
        const began = performance.now();
        await client.send(text);
        const [answer] = await client.receive(1);
        assert(performance.now() - began >= 14);
        assert.equal(client.received[0].length, text.length);
        return answer;
      };
      const answer = await run(7);
      assert.notEqual(answer, text);
      assert.equal(await run(7), answer);
      assert.notEqual(await run(8), answer);
    },

  "setFaults hits datagrams that come later, and goes by what is listened on":
    async () => {
      await using server = await serveEcho({ listen: LISTEN });
      await using client = await DatagramClient.open(server);
      await client.send("a");
      await client.receive(1);
      server.setFaults([{ kind: "duplicate" }]);
      await client.send("b");
      await client.receive(3);
      assert.throws(() => server.setFaults([{ kind: "mute" }]), {
        name: "OptionError",
        message: "Cannot use fault mute: it is for streams, " +
          "and the listeners take datagrams alone",
      });
      server.setFaults([]);
      await client.send("c");
      assert.deepEqual(await client.receive(4), ["a", "b", "b", "c"]);
    },

  "what is over the rate is dropped, told once and summed up at the end":
    async () => {
      const { server, records, drops } = await start({ udpRate: 1 });
      await using client = await DatagramClient.open(server);
      // A second may pass between two of them, but not between most.
      const texts = Array.from({ length: 10 }, (_, i) => `${i}`);
      await client.send(...texts);
      await client.receive(1);
      const wait = async () => {
        while (server.stats.datagrams.received < texts.length) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      await inTime(wait(), "all datagrams");
      await server.shutdown();
      const { sent, dropped } = server.stats.datagrams;
      assert.equal(sent + (dropped.rate ?? 0), texts.length);
      assert(sent < 5, `${sent}`);
      const [first, last, ...more] = drops();
      const about = {
        ...{ event: "dropped", url: server.url, reason: "rate" },
        peer: first.peer,
      };
      assert.match(first.peer, /^127\.0\.0\.1:\d+$/);
      assert.deepEqual(first, { ...about, count: 1 });
      assert.deepEqual(last, { ...about, count: (dropped.rate ?? 0) - 1 });
      assert.deepEqual(more, []);
      assert.equal(records.at(-1)?.event, "datagrams");
    },

  "shutdown sends what is held back, and finished settles with UDP alone":
    async () => {
      const { server, records } = await start({
        faults: [{ kind: "latency", ms: 50 }],
      });
      await using client = await DatagramClient.open(server);
      await client.send("hello");
      const wait = async () => {
        while (server.stats.datagrams.received < 1) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      };
      await inTime(wait(), "the datagram");
      await inTime(server.shutdown(), "shutdown");
      await inTime(server.finished, "finished");
      assert.deepEqual(await client.receive(1), ["hello"]);
      await inTime(server.shutdown(), "a second shutdown");
      await inTime(server.close(), "close");
      assert.deepEqual(records.map(({ event }) => event), [
        ...["listening", "shutdown", "datagrams"],
      ]);
    },

  "a shutdown that takes too long, and close, drop what is held back":
    async () => {
      for (const end of ["shutdown", "close"] as const) {
        const faults: Fault[] = [{ kind: "latency", ms: 60_000 }];
        const server = await serveEcho({ listen: LISTEN, faults });
        await using client = await DatagramClient.open(server);
        await client.send("hello");
        const ending = end === "close"
          ? server.close()
          : server.shutdown({ timeoutMs: 20 });
        await inTime(ending, end);
        await inTime(server.finished, "finished");
        assert.equal(server.stats.datagrams.sent, 0);
      }
    },
};
