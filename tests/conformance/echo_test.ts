import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import {
  connect,
  Digest,
  echoes,
  noise,
  receive,
  receiveAll,
  send,
  sha256,
} from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { TARGETS } from "../targets.ts";

const MIB = 1024 * 1024;

for (const target of TARGETS) {
  Deno.test(`${target.name}: one byte comes back`, async () => {
    await using server = await ServerProcess.start(target);
    using conn = await connect(server.port);
    await echoes(conn, noise(1));
  });

  Deno.test(`${target.name}: a client is told nothing unasked`, async () => {
    await using server = await ServerProcess.start(target);
    using conn = await connect(server.port);
    await conn.closeWrite();
    assertEquals((await receiveAll(conn)).bytes, 0);
  });

  Deno.test(`${target.name}: 1 MiB, FIN, all of it back, then FIN`, async () => {
    await using server = await ServerProcess.start(target);
    using conn = await connect(server.port);
    const data = noise(MIB);
    const receiving = receiveAll(conn);
    await send(conn, data);
    await conn.closeWrite();
    assertEquals((await receiving).hex(), sha256(data));
    const { bytesIn, bytesOut, reason } = await server.waitFor({
      event: "disconnect",
    });
    assertEquals([bytesIn, bytesOut, reason], [MIB, MIB, "eof"]);
  });

  Deno.test(`${target.name}: 64 MiB come back while the client reads slowly`, async () => {
    await using server = await ServerProcess.start(target);
    using conn = await connect(server.port);
    const sent = new Digest();
    const receiving = receiveAll(conn, async () => {
      await delay(1);
    });
    for (let i = 0; i < 64; i++) {
      const data = noise(MIB);
      sent.add(data);
      await send(conn, data);
    }
    await conn.closeWrite();
    const received = await receiving;
    assertEquals(received.bytes, 64 * MIB);
    assertEquals(received.hex(), sent.hex());
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals(record.bytesIn, 64 * MIB);
    assertEquals(record.bytesOut, 64 * MIB);
  });

  Deno.test(`${target.name}: 200 connections at once keep to themselves`, async () => {
    await using server = await ServerProcess.start(target);
    const conns = await Promise.all(
      Array.from({ length: 200 }, () => connect(server.port)),
    );
    const all = await Promise.all(conns.map(async (conn) => {
      const data = noise(20_000);
      const receiving = receiveAll(conn);
      // Many small writes, so that all connections are served in turns.
      for (let at = 0; at < data.length; at += 1000) {
        await send(conn, data.subarray(at, at + 1000));
      }
      await conn.closeWrite();
      const received = await receiving;
      conn.close();
      return received.hex() === sha256(data);
    }));
    assertEquals(all.filter((intact) => intact).length, 200);
    await server.waitFor({ event: "disconnect", bytesOut: 20_000 }, 200);
    const ids = server.all({ event: "disconnect" }).map(({ id }) => Number(id));
    assertEquals(
      ids.sort((a, b) => a - b),
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
  });

  Deno.test(`${target.name}: a client that connects and leaves is on record`, async () => {
    await using server = await ServerProcess.start(target);
    const conn = await connect(server.port);
    const { port } = conn.localAddr as Deno.NetAddr;
    conn.close();
    const peer = `127.0.0.1:${port}`;
    const { id } = await server.waitFor({ event: "connect", peer });
    const record = await server.waitFor({ event: "disconnect", id });
    const { bytesIn, bytesOut, reason, durationMs } = record;
    assertEquals({ peer: record.peer, bytesIn, bytesOut, reason }, {
      peer,
      bytesIn: 0,
      bytesOut: 0,
      reason: "eof",
    });
    assert(Number.isInteger(durationMs));
  });

  Deno.test(`${target.name}: bytes come back in order across half-close`, async () => {
    await using server = await ServerProcess.start(target);
    using conn = await connect(server.port);
    const data = noise(3 * MIB);
    const sending = send(conn, data).then(() => conn.closeWrite());
    const first = await receive(conn, MIB);
    await sending;
    const rest = await receive(conn, 2 * MIB);
    assertEquals(sha256(first), sha256(data.subarray(0, MIB)));
    assertEquals(sha256(rest), sha256(data.subarray(MIB)));
    assertEquals(await conn.read(new Uint8Array(1)), null);
  });
}
