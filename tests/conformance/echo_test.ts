import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import {
  Digest,
  echoes,
  noise,
  peerOf,
  receive,
  receiveAll,
  send,
  sha256,
} from "../client.ts";
import { CORE_STACKS } from "../wine/core.ts";

const MIB = 1024 * 1024;

for (const stack of CORE_STACKS) {
  Deno.test(`${stack.name}: one byte comes back`, async () => {
    await using server = await stack.start();
    using conn = await stack.dial(server);
    await echoes(conn, noise(1));
  });

  Deno.test(`${stack.name}: a client is told nothing unasked`, async () => {
    await using server = await stack.start();
    using conn = await stack.dial(server);
    await conn.closeWrite();
    assertEquals((await receiveAll(conn)).bytes, 0);
  });

  Deno.test(`${stack.name}: 1 MiB, FIN, all of it back, then FIN`, async () => {
    await using server = await stack.start();
    using conn = await stack.dial(server);
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

  Deno.test(`${stack.name}: an end that comes with the last bytes is seen every time`, async () => {
    await using server = await stack.start();
    for (let i = 0; i < 8; i++) {
      using conn = await stack.dial(server);
      const data = noise(MIB / 4);
      const receiving = receiveAll(conn);
      await send(conn, data);
      await conn.closeWrite();
      assertEquals((await receiving).hex(), sha256(data));
    }
    await server.waitFor({ event: "disconnect", reason: "eof" }, 8);
  });

  Deno.test(`${stack.name}: 64 MiB come back while the client reads slowly`, async () => {
    await using server = await stack.start();
    using conn = await stack.dial(server);
    const sent = new Digest();
    let received = 0;
    const receiving = receiveAll(conn, async ({ length }) => {
      const before = received;
      received += length;
      if (before >> 18 !== received >> 18) await delay(1);
    });
    for (let i = 0; i < 64; i++) {
      const data = noise(MIB);
      sent.add(data);
      await send(conn, data);
    }
    await conn.closeWrite();
    assertEquals((await receiving).hex(), sent.hex());
    assertEquals(received, 64 * MIB);
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals(record.bytesIn, 64 * MIB);
    assertEquals(record.bytesOut, 64 * MIB);
  });

  Deno.test(`${stack.name}: 200 connections at once keep to themselves`, async () => {
    await using server = await stack.start();
    const conns = await Promise.all(
      Array.from({ length: 200 }, () => stack.dial(server)),
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

  Deno.test(`${stack.name}: a client that connects and leaves is on record`, async () => {
    await using server = await stack.start();
    const conn = await stack.dial(server);
    const peer = peerOf(conn);
    conn.close();
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

  Deno.test(`${stack.name}: bytes come back in order across half-close`, async () => {
    await using server = await stack.start();
    using conn = await stack.dial(server);
    const data = noise(3 * MIB);
    const sending = send(conn, data).then(() => conn.closeWrite());
    const first = await receive(conn, MIB);
    const receiving = receive(conn, 2 * MIB);
    await sending;
    assertEquals(sha256(first), sha256(data.subarray(0, MIB)));
    assertEquals(sha256(await receiving), sha256(data.subarray(MIB)));
    assertEquals(await conn.read(new Uint8Array(1)), null);
  });
}
