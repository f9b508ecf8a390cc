import { existsSync } from "node:fs";
import { assert, assertEquals } from "../assert.ts";
import { echoes, noise, receiveAll, send, sha256 } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { HAS_SIGNALS, testIf } from "../targets.ts";
import type { Stack } from "../transports.ts";
import { CORE_STACKS, CORE_TARGETS } from "../wine/core.ts";

const MIB = 1024 * 1024;

const test = testIf(HAS_SIGNALS);

/** Sends all of it, or as much as the server still takes. */
async function sendSome(conn: Deno.Conn, data: Uint8Array): Promise<void> {
  try {
    await send(conn, data);
  } catch {
    // The server has stopped meanwhile, as this client expects.
  }
}

/** A client that has sent so much that the server is stuck in a write. */
async function clog(stack: Stack, server: ServerProcess): Promise<{
  conn: Deno.Conn;
  data: Uint8Array;
  sending: Promise<void>;
}> {
  const conn = await stack.dial(server);
  const data = noise(32 * MIB);
  const sending = sendSome(conn, data);
  // The echo of another client shows that the first one's bytes were read.
  const other = await stack.dial(server);
  await echoes(other, noise(MIB / 8));
  other.close();
  await server.waitFor({ event: "disconnect" });
  return { conn, data, sending };
}

/** Connects until the listener is gone; the kernel may be a little late. */
async function untilRefused(
  stack: Stack,
  server: ServerProcess,
  url: URL,
): Promise<void> {
  const { ConnectionRefused, NotFound } = Deno.errors;
  for (;;) {
    try {
      (await stack.open(server, url)).close();
    } catch (error) {
      // The file of a Unix socket goes with its listener.
      if (error instanceof ConnectionRefused || error instanceof NotFound) {
        return;
      }
      // The listener went while this connection was waiting to be accepted.
      assert(error instanceof Deno.errors.ConnectionReset, `${error}`);
    }
  }
}

for (const stack of CORE_STACKS) {
  test(`${stack.name}: SIGTERM with bytes in flight loses nothing that was read`, async () => {
    await using server = await stack.start();
    const { conn, data, sending } = await clog(stack, server);
    server.signal("SIGTERM");
    await server.waitFor({ event: "shutdown" });
    const received = await receiveAll(conn);
    await sending;
    conn.close();
    const record = await server.waitFor({ reason: "shutdown" });
    assertEquals(record.bytesOut, record.bytesIn);
    assertEquals(received.bytes, record.bytesIn);
    assert(received.bytes > 0 && received.bytes < data.length);
    assertEquals(received.hex(), sha256(data.subarray(0, received.bytes)));
    assertEquals(await server.exitCode(), 0);
  });

  test(`${stack.name}: SIGINT ends idle clients with FIN, before any deadline`, async () => {
    const flags = ["--shutdown-timeout", "1h"];
    await using server = await stack.start(...flags);
    using conn = await stack.dial(server);
    await server.waitFor({ event: "connect" });
    server.signal("SIGINT");
    assertEquals((await receiveAll(conn)).bytes, 0);
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.all({ reason: "shutdown" }).length, 1);
  });

  test(`${stack.name}: a client that never reads is dropped at --shutdown-timeout`, async () => {
    const flags = ["--shutdown-timeout", "300ms"];
    await using server = await stack.start(...flags);
    const { conn, sending } = await clog(stack, server);
    server.signal("SIGTERM");
    const began = performance.now();
    assertEquals(await server.exitCode(), 0);
    // Far below the default, which would be 10 s.
    assert(performance.now() - began < 5000);
    assertEquals(server.all({ reason: "shutdown" }).length, 1);
    conn.close();
    await sending;
  });

  test(`${stack.name}: a second signal stops at once, with exit code 1`, async () => {
    const flags = ["--shutdown-timeout", "1h", "--write-timeout", "1h"];
    await using server = await stack.start(...flags);
    const { conn, sending } = await clog(stack, server);
    server.signal("SIGTERM");
    await server.waitFor({ event: "shutdown" });
    server.signal("SIGTERM");
    assertEquals(await server.exitCode(), 1);
    assertEquals(server.all({ reason: "shutdown" }).length, 1);
    conn.close();
    await sending;
  });

  test(`${stack.name}: nobody is let in after a signal`, async () => {
    await using server = await stack.start();
    const [url] = server.urls;
    const { conn, sending } = await clog(stack, server);
    server.signal("SIGTERM");
    await server.waitFor({ event: "shutdown" });
    await soon(untilRefused(stack, server, url), "the end of the listener");
    await receiveAll(conn);
    conn.close();
    await sending;
    assertEquals(await server.exitCode(), 0);
  });
}

for (const target of CORE_TARGETS) {
  test(`${target.name}: a signal at sight of the ready file is not too early`, async () => {
    const directory = await Deno.makeTempDir();
    const file = `${directory}/ready`;
    using changes = Deno.watchFs(directory);
    await using server = ServerProcess.spawn(target, [
      ...["--host", "127.0.0.1", "--port", "0", "--ready-file", file],
    ]);
    const seen = async () => {
      for await (const _ of changes) if (existsSync(file)) break;
    };
    await soon(seen(), "the ready file");
    server.signal("SIGTERM");
    assertEquals(await server.exitCode(), 0);
    assertEquals([...Deno.readDirSync(directory)], []);
    await Deno.remove(directory);
  });
}
