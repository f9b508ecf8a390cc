import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { echoes, noise, peerOf, receiveAll, send } from "../client.ts";
import { CORE_STACKS, coreStacksOn } from "../wine/core.ts";

const HAS_IPV6 = existsSync("/proc/net/if_inet6");

/** What a client sees of its end: a clean end of stream, or not. */
async function endOf(conn: Deno.Conn): Promise<"eof" | "error"> {
  try {
    await receiveAll(conn);
    return "eof";
  } catch {
    return "error";
  }
}

for (const stack of CORE_STACKS) {
  Deno.test(`${stack.name}: --max-connections turns away the next, and nobody else`, async () => {
    const flags = ["--max-connections", "2"];
    await using server = await stack.start(...flags);
    using first = await stack.dial(server);
    using second = await stack.dial(server);
    await echoes(first);
    await echoes(second);
    using third = await stack.open(server);
    await endOf(third);
    const { peer, reason } = await server.waitFor({ event: "refused" });
    assertEquals([peer, reason], [peerOf(third), "max-connections"]);
    await echoes(first);
    await echoes(second);
    assertEquals(server.all({ event: "connect" }).length, 2);
    // A place that is left is free again.
    first.close();
    await server.waitFor({ event: "disconnect", id: 1 });
    using fourth = await stack.dial(server);
    await echoes(fourth);
  });

  Deno.test(`${stack.name}: --idle-timeout ends a silent client with FIN`, async () => {
    const flags = ["--idle-timeout", "300ms"];
    await using server = await stack.start(...flags);
    using conn = await stack.dial(server);
    await echoes(conn);
    const began = performance.now();
    assertEquals(await endOf(conn), "eof");
    assert(performance.now() - began >= 250);
    await conn.closeWrite();
    const { reason, bytesIn } = await server.waitFor({ event: "disconnect" });
    assertEquals([reason, bytesIn], ["idle-timeout", 100]);
  });

  Deno.test(`${stack.name}: --idle-timeout spares a client that talks`, async () => {
    const flags = ["--idle-timeout", "400ms"];
    await using server = await stack.start(...flags);
    using silent = await stack.dial(server);
    using talker = await stack.dial(server);
    const silence = endOf(silent);
    let silentEnded = false;
    silence.then(() => silentEnded = true);
    while (!silentEnded) await echoes(talker);
    await echoes(talker);
    const ended = await server.waitFor({ event: "disconnect" });
    assertEquals([ended.id, ended.reason], [1, "idle-timeout"]);
  });

  Deno.test(`${stack.name}: --max-lifetime ends a busy client, and nothing is torn`, async () => {
    const flags = ["--max-lifetime", "300ms"];
    await using server = await stack.start(...flags);
    using conn = await stack.dial(server);
    const received = receiveAll(conn);
    let over = false;
    received.then(() => over = true);
    while (!over) {
      await send(conn, noise(1000));
      // Deno's client for TLS does not get to read while it only writes.
      await delay(1);
    }
    await conn.closeWrite();
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals(record.reason, "max-lifetime");
    assertEquals(record.bytesOut, (await received).bytes);
    assertEquals(record.bytesOut, record.bytesIn);
  });

  Deno.test(`${stack.name}: --max-bytes echoes so much, then FIN`, async () => {
    const flags = ["--max-bytes", "64KiB"];
    await using server = await stack.start(...flags);
    using conn = await stack.dial(server);
    await send(conn, noise(100_000));
    assertEquals((await receiveAll(conn)).bytes, 65_536);
    await conn.closeWrite();
    const { reason, bytesIn, bytesOut } = await server.waitFor({
      event: "disconnect",
    });
    assertEquals([reason, bytesIn, bytesOut], ["max-bytes", 65_536, 65_536]);
  });
}

for (const stack of coreStacksOn("tcp", "tls")) {
  Deno.test({
    name:
      `${stack.name}: --max-connections-per-ip counts each address by itself`,
    ignore: !HAS_IPV6,
    fn: async () => {
      await using server = await stack.start(
        ...["--listen", `${stack.transport.name}://[::1]:0`],
        ...["--max-connections-per-ip", "1"],
      );
      await server.waitFor({ event: "listening" }, 2);
      using first = await stack.dial(server);
      await echoes(first);
      using second = await stack.open(server);
      await endOf(second);
      const { reason } = await server.waitFor({ event: "refused" });
      assertEquals(reason, "max-connections-per-ip");
      using other = await stack.dial(server, server.urls[1]);
      await echoes(other);
      await echoes(first);
    },
  });
}

for (const stack of coreStacksOn("unix")) {
  Deno.test(`${stack.name}: --max-connections-per-ip does not apply, for there are none`, async () => {
    const flags = ["--max-connections-per-ip", "1"];
    await using server = await stack.start(...flags);
    using first = await stack.dial(server);
    await echoes(first);
    using second = await stack.dial(server);
    await echoes(second);
    await echoes(first);
    assertEquals(server.all({ event: "refused" }), []);
  });
}
