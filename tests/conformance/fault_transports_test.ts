import { assert, assertEquals } from "../assert.ts";
import {
  echoes,
  noise,
  outcome,
  outcomeOf,
  peerOf,
  receive,
  send,
} from "../client.ts";
import { soon } from "../server_process.ts";
import { type Stack, STACKS, stacksOn } from "../transports.ts";

// Timers may be early by a fraction of a millisecond, and clocks differ.
const EARLY_MS = 5;

/** What comes back of some bytes when a share of them is hit. */
async function corrupted(stack: Stack, data: Uint8Array): Promise<Uint8Array> {
  const flags = ["--fault", "corrupt:rate=0.02", "--seed", "7"];
  await using server = await stack.start(...flags);
  using conn = await stack.dial(server);
  const sending = send(conn, data);
  const received = await receive(conn, data.length);
  await sending;
  return received;
}

Deno.test("corrupt flips the same single bits on every runtime and transport", async () => {
  const data = noise(64 * 1024);
  const [first, ...others] = STACKS;
  const expected = await corrupted(first, data);
  const flipped = expected.map((byte, i) => byte ^ data[i]);
  const hits = flipped.filter((bits) => bits !== 0);
  assert(hits.every((bits) => (bits & (bits - 1)) === 0));
  assert(hits.length > 0.015 * data.length, `${hits.length} bytes were hit`);
  for (const stack of others) {
    const received = await corrupted(stack, data);
    assertEquals(
      outcome(received, "FIN"),
      outcome(expected, "FIN"),
      stack.name,
    );
  }
});

for (const stack of stacksOn("tls", "unix")) {
  for (const bytes of [0, 1000, 1024 * 1024]) {
    Deno.test(`${stack.name}: limit_data ends a connection in order after exactly ${bytes} bytes`, async () => {
      const flags = ["--fault", `limit_data:bytes=${bytes}`];
      await using server = await stack.start(...flags);
      using conn = await stack.dial(server);
      const data = noise(bytes + 5000);
      const sending = send(conn, data);
      const echoed = data.subarray(0, bytes);
      assertEquals(await outcomeOf(conn), outcome(echoed, "FIN"));
      await sending;
      await conn.closeWrite();
      const record = await server.waitFor({ event: "disconnect" });
      assertEquals([record.reason, record.bytesOut], ["fault", bytes]);
    });
  }

  Deno.test(`${stack.name}: refuse turns away the first client and serves the next`, async () => {
    await using server = await stack.start("--fault", "refuse:conn=1");
    using first = await stack.open(server);
    await soon(first.read(new Uint8Array(1)).catch(() => {}), "the end");
    const { peer, reason } = await server.waitFor({ event: "refused" });
    assertEquals([peer, reason], [peerOf(first), "fault"]);
    using second = await stack.dial(server);
    await echoes(second);
    const { id } = await server.waitFor({ event: "connect" });
    assertEquals(id, 2);
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: latency delays every chunk by its time`, async () => {
    await using server = await stack.start("--fault", "latency:ms=100");
    using conn = await stack.dial(server);
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      await echoes(conn);
      const ms = performance.now() - began;
      assert(ms >= 100 - EARLY_MS && ms < 2000, `${ms} ms`);
    }
  });
}

for (const stack of stacksOn("tls")) {
  // Not more than a socket holds: RST overtakes what the client has no room for.
  for (const bytes of [0, 1000, 50_000]) {
    Deno.test(`${stack.name}: reset_peer drops a client with RST after exactly ${bytes} bytes`, async () => {
      const flags = ["--fault", `reset_peer:bytes=${bytes}`];
      await using server = await stack.start(...flags);
      using conn = await stack.dial(server);
      const data = noise(bytes + 5000);
      const sending = send(conn, data).catch((error: unknown) => error);
      const echoed = data.subarray(0, bytes);
      const seen = await outcomeOf(conn).catch(async (error) => {
        // The system tells of an RST once, and the write may be who hears it.
        if (!(await sending instanceof Deno.errors.ConnectionReset)) {
          throw error;
        }
        return outcome(echoed, "RST");
      });
      assertEquals(seen, outcome(echoed, "RST"));
      await sending;
      const record = await server.waitFor({ event: "disconnect" });
      assertEquals([record.reason, record.bytesOut], ["fault", bytes]);
    });
  }

  Deno.test(`${stack.name}: reset_peer drops a client with RST after a time`, async () => {
    await using server = await stack.start("--fault", "reset_peer:ms=300");
    using conn = await stack.dial(server);
    await echoes(conn);
    assertEquals(await outcomeOf(conn), outcome(new Uint8Array(), "RST"));
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals(record.reason, "fault");
    assert(Number(record.durationMs) >= 300 - EARLY_MS);
  });

  Deno.test(`${stack.name}: reset_peer alone drops a client with the handshake`, async () => {
    await using server = await stack.start("--fault", "reset_peer");
    using conn = await stack.open(server);
    assertEquals(await outcomeOf(conn), outcome(new Uint8Array(), "RST"));
    const { reason, bytesIn } = await server.waitFor({ event: "disconnect" });
    assertEquals([reason, bytesIn], ["fault", 0]);
  });

  Deno.test(`${stack.name}: mute hears a client that ends within its silence`, async () => {
    await using server = await stack.start("--fault", "mute");
    using conn = await stack.dial(server);
    const data = noise(300_000);
    const sending = send(conn, data).then(() => conn.closeWrite());
    assertEquals(await outcomeOf(conn), outcome(data.subarray(0, 0), "FIN"));
    await sending;
    const { reason, bytesIn, bytesOut } = await server.waitFor({
      event: "disconnect",
    });
    assertEquals([reason, bytesIn, bytesOut], ["eof", data.length, 0]);
  });
}
