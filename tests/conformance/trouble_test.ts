import type { Socket } from "node:net";
import { assert, assertEquals } from "../assert.ts";
import { connectNode, echoes, noise, receive, reset, send } from "../client.ts";
import type { ServerProcess } from "../server_process.ts";
import { connectNodeTls } from "../tls_client.ts";
import { HAS_SIGNALS, testIf } from "../targets.ts";
import type { Stack } from "../transports.ts";
import { CORE_STACKS, coreStacksOn } from "../wine/core.ts";

const MIB = 1024 * 1024;

/** Sends as much as is taken, for ever, and never reads. */
async function flood(conn: Deno.Conn): Promise<number> {
  const data = noise(MIB);
  let sent = 0;
  try {
    for (;;) sent += await conn.write(data);
  } catch {
    return sent;
  }
}

/** A client that can be reset, over a socket of its own. */
async function connectRaw(
  { transport }: Stack,
  server: ServerProcess,
): Promise<{ readonly socket: Socket; readonly raw: Socket }> {
  if (transport.name === "tls") return await connectNodeTls(server);
  const socket = await connectNode(server.port);
  return { socket, raw: socket };
}

/** Sends something, and leaves the most part of the echo unread. */
async function dropMidStream(
  stack: Stack,
  server: ServerProcess,
): Promise<void> {
  if (stack.transport.name === "unix") {
    const conn = await stack.dial(server);
    const sending = send(conn, noise(MIB));
    await receive(conn, 1);
    // The kernel resets a Unix socket that is closed before it is read.
    conn.close();
    return await sending.catch(() => {});
  }
  const { socket, raw } = await connectRaw(stack, server);
  // More than all buffers hold, so that the server is still at it.
  socket.on("error", () => {}).write(noise(16 * MIB));
  await new Promise((resolve) => socket.once("data", resolve));
  await reset(raw);
}

for (const stack of CORE_STACKS) {
  // Elsewhere nobody tells a test how much memory a program takes.
  const test = testIf(Deno.build.os === "linux");

  test(`${stack.name}: clients that never read cost little and nobody else`, async () => {
    const flags = ["--write-timeout", "1s"];
    await using server = await stack.start(...flags);
    using other = await stack.dial(server);
    await echoes(other, noise(MIB));
    const before = await server.memoryMiB();
    const stuck = await Promise.all(
      Array.from({ length: 10 }, () => stack.dial(server)),
    );
    const floods = stuck.map(flood);
    let ended = false;
    const timeouts = server.waitFor({ reason: "write-timeout" }, 10)
      .then(() => ended = true);
    let most = 0;
    while (!ended) {
      await echoes(other);
      most = Math.max(most, await server.memoryMiB());
    }
    await timeouts;
    await echoes(other);
    // Deno's TLS keeps several copies of what is on its way.
    const limit = stack.name === "deno, tls" ? 128 : 64;
    assert(most - before < limit, `${before} MiB grew to ${most} MiB`);
    for (const conn of stuck) conn.close();
    await Promise.all(floods);
    const records = server.all({ event: "disconnect" });
    assertEquals(records.length, 10);
    for (const { bytesIn, bytesOut } of records) {
      // What is held for a client is what was read and not yet written.
      const held = Number(bytesIn) - Number(bytesOut);
      assert(held > 0 && held < 6 * MIB, `${held} bytes were held`);
    }
  });

  Deno.test(`${stack.name}: a client that drops the connection mid-stream is on record as reset`, async () => {
    await using server = await stack.start();
    using other = await stack.dial(server);
    await dropMidStream(stack, server);
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "reset");
    await echoes(other);
  });
}

for (const stack of coreStacksOn("tcp", "tls")) {
  const test = {
    ofSignals: testIf(HAS_SIGNALS),
    // Wine takes this error before the program can see it.
    ofError: testIf(!stack.target.isWine),
  };

  test.ofSignals(`${stack.name}: clients that reset before they are accepted hold up nobody`, async () => {
    await using server = await stack.start();
    // While it is stopped, connections wait in its backlog and die there.
    server.signal("SIGSTOP");
    for (let i = 0; i < 50; i++) await reset(await connectNode(server.port));
    using good = await stack.open(server);
    server.signal("SIGCONT");
    const began = performance.now();
    await echoes(good);
    assert(performance.now() - began < 1000);
    assertEquals(server.all({ event: "error" }), []);
    const strange = server.stderr.split("\n").filter((line) =>
      line !== "" && !/^\{|^Download /.test(line)
    );
    assertEquals(strange, []);
  });

  test.ofError(`${stack.name}: a client that resets while idle is on record as reset`, async () => {
    await using server = await stack.start();
    const { raw } = await connectRaw(stack, server);
    await server.waitFor({ event: "connect" });
    await reset(raw);
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals(record.reason, "reset");
    assertEquals(record.bytesIn, 0);
  });
}
