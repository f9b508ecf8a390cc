import { assert, assertEquals } from "../assert.ts";
import { connect, connectNode, echoes, noise, reset } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { STACKS } from "../transports.ts";

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

for (const stack of STACKS) {
  Deno.test(`${stack.name}: clients that never read cost little and nobody else`, async () => {
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
    assert(most - before < 64, `${before} MiB grew to ${most} MiB`);
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

  Deno.test(`${stack.name}: a client that resets mid-stream is on record as reset`, async () => {
    await using server = await stack.start();
    using other = await stack.dial(server);
    const socket = await connectNode(server.port);
    socket.write(noise(MIB));
    await new Promise((resolve) => socket.once("data", resolve));
    await reset(socket);
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "reset");
    await echoes(other);
  });

  Deno.test(`${stack.name}: clients that reset before they are accepted hold up nobody`, async () => {
    await using server = await stack.start();
    // While it is stopped, connections wait in its backlog and die there.
    server.signal("SIGSTOP");
    for (let i = 0; i < 50; i++) await reset(await connectNode(server.port));
    using good = await stack.dial(server);
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

  Deno.test(`${stack.name}: a client that resets while idle is on record as reset`, async () => {
    await using server = await stack.start();
    const socket = await connectNode(server.port);
    await server.waitFor({ event: "connect" });
    await reset(socket);
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals(record.reason, "reset");
    assertEquals(record.bytesIn, 0);
  });
}
