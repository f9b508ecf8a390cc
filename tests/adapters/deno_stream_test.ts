import { setImmediate } from "node:timers";
import { listenNatively } from "../../src/adapters/deno/stream.ts";
import type { Conn, NetAddr } from "../../src/net.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { inTime } from "../fake_conn.ts";

const TURN_SIZE = 256 * 1024;

/** A connection of the adapter, and the client at its other end. */
async function connected() {
  const listener = listenNatively({
    ...{ transport: "tcp", hostname: "127.0.0.1", port: 0 },
  });
  const { hostname, port } = listener.addr as NetAddr;
  const [client, conn] = await Promise.all([
    Deno.connect({ hostname, port }),
    listener.accept(),
  ]);
  listener.close();
  assert(conn);
  const end = () => {
    conn.close();
    client.close();
  };
  return { client, conn, [Symbol.dispose]: end };
}

/** Reads until the peer has ended its stream. */
async function readAll(conn: Conn, size: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const buffer = new Uint8Array(size);
    const read = await inTime(conn.read(buffer), "a read");
    if (read === null) break;
    parts.push(buffer.subarray(0, read));
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

for (const size of [1000, 64 * 1024, TURN_SIZE]) {
  Deno.test(`bytes stay in order over many turns, with buffers of ${size}`, async () => {
    using both = await connected();
    const { client, conn } = both;
    const sent = Uint8Array.from(
      { length: 700_000 },
      (_, i) => i * 7 + i / 251,
    );
    const write = async () => {
      for (let at = 0; at < sent.length;) {
        at += await client.write(sent.subarray(at));
      }
      await client.closeWrite();
    };
    const [received] = await Promise.all([readAll(conn, size), write()]);
    assertEquals(received.length, sent.length);
    assert(received.every((byte, i) => byte === sent[i]));
  });
}

Deno.test("after 256 KiB, others get their turn before the next read", async () => {
  using both = await connected();
  const { client, conn } = both;
  await client.write(new Uint8Array(4));
  // The first has to wait for what is sent.
  await inTime(conn.read(new Uint8Array(1)), "the first read");
  const read = async (size: number) => {
    const order: string[] = [];
    setImmediate(() => order.push("others"));
    await inTime(conn.read(new Uint8Array(size)), "a read");
    return [...order, "read"];
  };
  // What is there already is read at once.
  assertEquals(await read(1), ["read"]);
  assertEquals(await read(TURN_SIZE), ["others", "read"]);
});

Deno.test("a connection that is closed as it waits for its turn ends the read", async () => {
  using both = await connected();
  const { client, conn } = both;
  await client.write(new Uint8Array(3));
  const reading = conn.read(new Uint8Array(TURN_SIZE));
  conn.close();
  await assertRejects(
    () => inTime(reading, "the read"),
    Deno.errors.BadResource,
  );
});
