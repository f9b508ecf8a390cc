import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { assert, assertEquals } from "../assert.ts";
import { noise, sha256 } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { denoCommand, HAS_SIGNALS, type Target, testIf } from "../targets.ts";
import { UdpClient } from "../udp_client.ts";
import { CORE_TARGETS } from "../wine/core.ts";

const HAS_IPV6 = existsSync("/proc/net/if_inet6");
const LOCAL = "udp://127.0.0.1:0";

function start(
  target: Target,
  ...flags: readonly string[]
): Promise<ServerProcess> {
  const listen = flags.includes("--listen") ? [] : ["--listen", LOCAL];
  return ServerProcess.start(target, [...listen, ...flags]);
}

/** Stops a server and gives back what it says of all datagrams. */
async function stop(server: ServerProcess) {
  server.signal("SIGTERM");
  const record = await server.waitFor({ event: "datagrams" });
  assertEquals(await server.exitCode(), 0);
  const { received, sent, bytesIn, bytesOut, dropped } = record;
  return { received, sent, bytesIn, bytesOut, dropped };
}

Deno.test("deno: without what deno.json enables, datagrams come back too", async () => {
  const plain = denoCommand("--no-config", "-N");
  await using server = await start(plain);
  using client = await UdpClient.bind();
  for (const size of [0, 1, 65_507]) {
    const data = noise(size);
    await client.send(data, server.urls[0]);
    assertEquals(sha256((await client.next()).data), sha256(data));
  }
});

for (const target of CORE_TARGETS) {
  const { name } = target;
  const test = {
    bySignals: testIf(HAS_SIGNALS),
    // Of all addresses, Wine binds to 127.0.0.1 alone, or to 0.0.0.0.
    ofAddress: testIf(HAS_SIGNALS && !target.isWine),
  };

  test.bySignals(`${name}: datagrams of all sizes come back as they were`, async () => {
    await using server = await start(target);
    using client = await UdpClient.bind();
    const sizes = [0, 1, 2, 512, 1400, 1500, 9000, 32_768, 65_506, 65_507];
    for (const size of sizes) {
      const data = noise(size);
      await client.send(data, server.urls[0]);
      const answer = await client.next();
      assertEquals(answer.data.length, size);
      assertEquals(sha256(answer.data), sha256(data));
    }
    const bytes = sizes.reduce((sum, size) => sum + size);
    assertEquals(await stop(server), {
      ...{ received: sizes.length, sent: sizes.length },
      ...{ bytesIn: bytes, bytesOut: bytes, dropped: 0 },
    });
  });

  Deno.test({
    name: `${name}: a datagram over IPv6 comes back, and zero-length ones too`,
    ignore: !HAS_IPV6,
    fn: async () => {
      await using server = await start(target, "--listen", "udp://[::1]:0");
      using client = await UdpClient.bind("::1");
      assertEquals(await client.ask("six", server.urls[0]), "six");
      assertEquals(await client.ask("", server.urls[0]), "");
    },
  });

  test.ofAddress(`${name}: the answer comes from the address that was asked`, async () => {
    await using server = await start(target, "--listen", "udp://127.0.0.2:0");
    using client = await UdpClient.bind("127.0.0.1");
    await client.send("who", server.urls[0]);
    const { hostname, port } = await client.next();
    assertEquals([hostname, port], ["127.0.0.2", server.port]);
  });

  test.ofAddress(`${name}: on all addresses, each answers for itself`, async () => {
    const flags = ["--listen", "udp://0.0.0.0:0", "--allow-public-udp"];
    const withInterfaces = name === "deno"
      ? denoCommand("-N", "-S=networkInterfaces")
      : target;
    await using server = await start(withInterfaces, ...flags);
    const hosts = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ family }) => family === "IPv4")
    ).map(({ address }) => address);
    await server.waitFor({ event: "listening" }, hosts.length);
    using client = await UdpClient.bind("0.0.0.0");
    for (const url of server.urls) {
      assertEquals(Number(url.port), server.port);
      await client.send("who", url);
      assertEquals((await client.next()).hostname, url.hostname);
    }
    assertEquals(server.urls.map(({ hostname }) => hostname), hosts);
  });

  Deno.test(`${name}: a source port of the server's own gets no answer`, async () => {
    await using server = await start(target);
    using twin = await UdpClient.bind("127.0.0.3", server.port);
    await twin.send("loop", server.urls[0]);
    const { reason, peer, count } = await server.waitFor({ event: "dropped" });
    assertEquals(reason, "own-port");
    assertEquals([peer, count], [`127.0.0.3:${server.port}`, 1]);
    using client = await UdpClient.bind();
    assertEquals(await client.ask("hello", server.urls[0]), "hello");
  });

  Deno.test({
    name: `${name}: a source port below 1024 gets no answer`,
    ignore: Deno.uid() !== 0,
    fn: async () => {
      await using server = await start(target);
      using service = await UdpClient.bind("127.0.0.4", 19);
      await service.send("chargen", server.urls[0]);
      const { reason } = await server.waitFor({ event: "dropped" });
      assertEquals(reason, "low-port");
      assertEquals((await stop(server)).sent, 0);
    },
  });

  test.bySignals(`${name}: --udp-rate answers so many of one source, and others too`, async () => {
    await using server = await start(target, "--udp-rate", "10");
    using one = await UdpClient.bind("127.0.0.1");
    using other = await UdpClient.bind("127.0.0.5");
    for (let i = 0; i < 30; i++) await one.send(`${i}`, server.urls[0]);
    for (let i = 0; i < 10; i++) assertEquals(await one.nextText(), `${i}`);
    assertEquals(await other.ask("hello", server.urls[0]), "hello");
    const { reason, count } = await server.waitFor({ event: "dropped" });
    assertEquals([reason, count], ["rate", 1]);
    const { received, sent, dropped } = await stop(server);
    assertEquals([received, sent, dropped], [31, 11, 20]);
    const counts = server.all({ event: "dropped" }).map(({ count }) => count);
    assertEquals(counts, [1, 19]);
  });

  test.ofAddress(`${name}: two servers do not loop for more than the rate allows`, async () => {
    const flags = ["--udp-rate", "25"];
    await using first = await start(target, ...flags);
    // Its answer to this waits until somebody else has the client's port.
    first.signal("SIGSTOP");
    const client = await UdpClient.bind("127.0.0.6");
    await client.send("ping", first.urls[0]);
    client[Symbol.dispose]();
    const listen = `udp://127.0.0.6:${client.port}`;
    await using second = await start(target, "--listen", listen, ...flags);
    first.signal("SIGCONT");
    await Promise.race([
      first.waitFor({ event: "dropped", reason: "rate" }),
      second.waitFor({ event: "dropped", reason: "rate" }),
    ]);
    const [one, other] = [await stop(first), await stop(second)];
    assertEquals([one.sent, other.sent], [25, 25]);
    assertEquals([one.received, other.received], [26, 25]);
  });

  test.bySignals(`${name}: a client that has left hurts nobody`, async () => {
    await using server = await start(target);
    using good = await UdpClient.bind();
    for (let i = 0; i < 50; i++) {
      // Stopped, the server has both before it answers the first.
      server.signal("SIGSTOP");
      const gone = await UdpClient.bind();
      await gone.send("bye", server.urls[0]);
      gone[Symbol.dispose]();
      await good.send(`${i}`, server.urls[0]);
      server.signal("SIGCONT");
      assertEquals(await good.nextText(), `${i}`);
    }
    assertEquals(server.all({ event: "error" }), []);
    const { received } = await stop(server);
    assertEquals(received, 100);
  });

  test.bySignals(`${name}: SIGTERM sends what latency holds back`, async () => {
    const flags = ["--fault", "latency:ms=300"];
    await using server = await start(target, ...flags);
    using client = await UdpClient.bind();
    await client.send("late", server.urls[0]);
    // Nothing else tells that it has arrived.
    while (!await hasReceived(server)) await client.send("x", server.urls[0]);
    server.signal("SIGTERM");
    assertEquals(await client.nextText(), "late");
    assertEquals(await server.exitCode(), 0);
  });
}

/** Whether the kernel has given the server all that came for it. */
async function hasReceived(server: ServerProcess): Promise<boolean> {
  const port = server.port.toString(16).toUpperCase().padStart(4, "0");
  const table = await Deno.readTextFile("/proc/net/udp");
  const row = table.split("\n").find((line) => line.includes(`:${port} `));
  assert(row !== undefined, `no socket on port ${server.port}`);
  return / [0-9A-F]{8}:00000000 /.test(row);
}
