import { existsSync } from "node:fs";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  connect,
  echoes,
  noise,
  type Outcome,
  outcome,
  outcomeOf,
  receive,
  send as sendAll,
  sha256,
} from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { type Target, TARGETS } from "../targets.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const HAS_IPV6 = existsSync("/proc/net/if_inet6");
// Timers may be early by a fraction of a millisecond, and clocks differ.
const EARLY_MS = 5;

function start(target: Target, ...faults: string[]): Promise<ServerProcess> {
  const flags = faults.flatMap((fault) => ["--fault", fault]);
  return ServerProcess.start(target, flags);
}

const NOTHING = new Uint8Array();

/** Whether an error says that the connection was dropped. */
function isReset(error: unknown): boolean {
  const { ConnectionReset, BrokenPipe, NotConnected } = Deno.errors;
  return [ConnectionReset, BrokenPipe, NotConnected].some((kind) =>
    error instanceof kind
  );
}

/** Sends something and sees what comes of it. */
async function tell(
  server: ServerProcess,
  data: Uint8Array,
  andThen: "FIN" | "silence" = "silence",
): Promise<Outcome> {
  let seen = outcome(NOTHING, "RST");
  try {
    using conn = await connect(server.port);
    const sending = sendAll(conn, data).then(async () => {
      if (andThen === "FIN") await conn.closeWrite();
    });
    sending.catch(() => {});
    seen = await outcomeOf(conn);
    await sending;
    return seen;
  } catch (error) {
    // The system tells of RST once: to a read, a write, or even to connect.
    assert(isReset(error), `${error}`);
    return { ...seen, end: "RST" };
  }
}

for (const target of TARGETS) {
  // Not more than a socket holds: RST overtakes what the client has no room for.
  for (const bytes of [0, 1, 1000, 50_000]) {
    Deno.test(`${target.name}: reset_peer drops a client with RST after exactly ${bytes} bytes`, async () => {
      await using server = await start(target, `reset_peer:bytes=${bytes}`);
      const data = noise(bytes + 5000);
      const echoed = data.subarray(0, bytes);
      assertEquals(await tell(server, data), outcome(echoed, "RST"));
      const record = await server.waitFor({ event: "disconnect" });
      assertEquals([record.reason, record.bytesOut], ["fault", bytes]);
    });
  }

  Deno.test(`${target.name}: reset_peer counts the bytes of all messages`, async () => {
    await using server = await start(target, "reset_peer:bytes=1MiB");
    using conn = await connect(server.port);
    await echoes(conn, noise(MIB - 1000));
    const last = noise(6000);
    await sendAll(conn, last);
    const echoed = last.subarray(0, 1000);
    assertEquals(await outcomeOf(conn), outcome(echoed, "RST"));
    const { reason, bytesOut } = await server.waitFor({ event: "disconnect" });
    assertEquals([reason, bytesOut], ["fault", MIB]);
  });

  Deno.test(`${target.name}: reset_peer alone drops a client before it says anything`, async () => {
    await using server = await start(target, "reset_peer");
    assertEquals(await tell(server, NOTHING), outcome(NOTHING, "RST"));
    const { reason, bytesIn } = await server.waitFor({ event: "disconnect" });
    assertEquals([reason, bytesIn], ["fault", 0]);
  });

  Deno.test(`${target.name}: reset_peer drops a client with RST after a time`, async () => {
    await using server = await start(target, "reset_peer:ms=300");
    using conn = await connect(server.port);
    await echoes(conn);
    assertEquals(await outcomeOf(conn), outcome(NOTHING, "RST"));
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals([record.reason, record.bytesOut], ["fault", 100]);
    assert(Number(record.durationMs) >= 300 - EARLY_MS);
  });

  for (const bytes of [0, 1, 1000, MIB]) {
    Deno.test(`${target.name}: limit_data ends a connection with FIN after exactly ${bytes} bytes`, async () => {
      await using server = await start(target, `limit_data:bytes=${bytes}`);
      const data = noise(bytes + 5000);
      const echoed = data.subarray(0, bytes);
      assertEquals(await tell(server, data), outcome(echoed, "FIN"));
      const record = await server.waitFor({ event: "disconnect" });
      assertEquals([record.reason, record.bytesOut], ["fault", bytes]);
    });
  }

  Deno.test(`${target.name}: timeout falls silent, then ends the connection`, async () => {
    await using server = await start(target, "timeout:ms=300");
    // A client that has ended its stream gets no earlier answer.
    for (const andThen of ["silence", "FIN"] as const) {
      const seen = await tell(server, noise(1000), andThen);
      assertEquals(seen, outcome(NOTHING, "FIN"));
    }
    const ends = server.waitFor({ event: "disconnect", reason: "fault" }, 2);
    assert(Number((await ends).durationMs) >= 300 - EARLY_MS);
    for (const record of server.all({ event: "disconnect" })) {
      assertEquals([record.bytesIn, record.bytesOut], [1000, 0]);
      assert(Number(record.durationMs) >= 300 - EARLY_MS);
    }
  });

  Deno.test(`${target.name}: slow_close echoes at once and answers FIN late`, async () => {
    await using server = await start(target, "slow_close:ms=600");
    using conn = await connect(server.port);
    const data = noise(1000);
    await sendAll(conn, data);
    await conn.closeWrite();
    const ended = performance.now();
    assertEquals(sha256(await receive(conn, 1000)), sha256(data));
    const echoed = performance.now();
    assertEquals(await outcomeOf(conn), outcome(NOTHING, "FIN"));
    const closed = performance.now();
    assert(closed - ended >= 600 - EARLY_MS, `${closed - ended} ms`);
    assert(closed - echoed > 300, "the bytes came back when FIN did");
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "eof");
  });

  Deno.test(`${target.name}: mute reads everything and answers nothing`, async () => {
    await using server = await start(target, "mute");
    const seen = await tell(server, noise(4 * MIB), "FIN");
    assertEquals(seen, outcome(NOTHING, "FIN"));
    const record = await server.waitFor({ event: "disconnect" });
    const { reason, bytesIn, bytesOut } = record;
    assertEquals([reason, bytesIn, bytesOut], ["eof", 4 * MIB, 0]);
  });

  Deno.test(`${target.name}: never_read brings a client's writes to a halt`, async () => {
    await using server = await start(target, "never_read:conn=1");
    using stuck = await connect(server.port);
    const chunk = noise(MIB / 4);
    let [taken, isOver] = [0, false];
    const flood = async () => {
      while (!isOver) taken += await stuck.write(chunk);
    };
    const flooding = flood().catch(() => {});
    using other = await connect(server.port);
    // Others are served; meanwhile the first gets no further, ever.
    let before = -1;
    while (taken === 0 || taken > before) {
      before = taken;
      for (let i = 0; i < 8; i++) {
        await soon(echoes(other, noise(MIB)), "an echo");
      }
    }
    assert(taken < 64 * MIB, `${taken} bytes were taken`);
    isOver = true;
    server.signal("SIGTERM");
    await flooding;
    stuck.close();
    const { bytesIn } = await server.waitFor({ event: "disconnect", id: 1 });
    assertEquals(bytesIn, 0);
  });

  Deno.test(`${target.name}: refuse turns away the first client and serves the next`, async () => {
    await using server = await start(target, "refuse:conn=1");
    using first = await connect(server.port);
    assertEquals((await outcomeOf(first)).bytes, 0);
    const { port } = first.localAddr as Deno.NetAddr;
    const { peer, reason } = await server.waitFor({ event: "refused" });
    assertEquals([peer, reason], [`127.0.0.1:${port}`, "fault"]);
    for (let i = 0; i < 2; i++) {
      using conn = await connect(server.port);
      await echoes(conn);
    }
    await server.waitFor({ event: "connect" }, 2);
    const ids = server.all({ event: "connect" }).map(({ id }) => id);
    assertEquals(ids, [2, 3]);
  });

  Deno.test(`${target.name}: conn hits the connections of its numbers alone`, async () => {
    await using server = await start(
      target,
      ...["reset_peer:bytes=10,conn=2", "limit_data:bytes=20,conn=4-5"],
    );
    const data = noise(30);
    const seen = [];
    for (let i = 1; i <= 6; i++) seen.push(await tell(server, data, "FIN"));
    assertEquals(seen, [
      outcome(data, "FIN"),
      outcome(data.subarray(0, 10), "RST"),
      outcome(data, "FIN"),
      outcome(data.subarray(0, 20), "FIN"),
      outcome(data.subarray(0, 20), "FIN"),
      outcome(data, "FIN"),
    ]);
  });

  Deno.test(`${target.name}: every=3 hits each third connection`, async () => {
    await using server = await start(target, "limit_data:bytes=1,every=3");
    const bytes = [];
    for (let i = 1; i <= 7; i++) {
      bytes.push((await tell(server, noise(9), "FIN")).bytes);
    }
    assertEquals(bytes, [9, 9, 1, 9, 9, 1, 9]);
  });

  Deno.test(`${target.name}: after=4KiB leaves the first 4 KiB alone`, async () => {
    await using server = await start(target, "mute:after=4KiB");
    const data = noise(10_000);
    const seen = await tell(server, data, "FIN");
    assertEquals(seen, outcome(data.subarray(0, 4096), "FIN"));
  });

  Deno.test(`${target.name}: after=300ms leaves the first 300 ms alone`, async () => {
    await using server = await start(target, "limit_data:bytes=0,after=300ms");
    using conn = await connect(server.port);
    let bytes = 0;
    for (;;) {
      await sendAll(conn, noise(100));
      const { length } = await receive(conn, 100);
      bytes += length;
      if (length < 100) break;
    }
    assert(bytes > 0, "not one echo before the fault began");
    await conn.closeWrite();
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals([record.reason, record.bytesOut], ["fault", bytes]);
    assert(Number(record.durationMs) >= 300 - EARLY_MS);
  });

  Deno.test(`${target.name}: peer hits the clients of its range alone`, async () => {
    await using server = await start(
      target,
      "limit_data:bytes=1,peer=10.0.0.0/8",
      "limit_data:bytes=2,peer=127.0.0.0/24",
      "limit_data:bytes=3,peer=127.0.0.1",
    );
    assertEquals((await tell(server, noise(9))).bytes, 2);
  });

  Deno.test({
    name: `${target.name}: peer tells IPv6 from IPv4, however that arrives`,
    ignore: !HAS_IPV6,
    fn: async () => {
      const listen = ["--listen", "tcp://[::]:0", "--listen", "tcp://[::1]:0"];
      await using server = await ServerProcess.start(target, [
        ...listen,
        ...["--fault", "limit_data:bytes=4,peer=127.0.0.0/8"],
        ...["--fault", "limit_data:bytes=6,peer=::1"],
      ]);
      await server.waitFor({ event: "listening" }, 2);
      const [both, v6] = server.urls.map(({ port }) => Number(port));
      using four = await connect(both);
      await sendAll(four, noise(9));
      assertEquals((await outcomeOf(four)).bytes, 4);
      using six = await connect(v6, "::1");
      await sendAll(six, noise(9));
      assertEquals((await outcomeOf(six)).bytes, 6);
    },
  });

  Deno.test(`${target.name}: a fault that cannot be used is wrong usage`, async () => {
    const cases: readonly [fault: string, complaint: RegExp][] = [
      ["latancy:ms=1", /--fault.*did you mean latency\?/],
      ["latency", /--fault.*latency needs ms/],
      ["refuse:p=2", /--fault.*p=2/],
    ];
    for (const [fault, complaint] of cases) {
      await using server = ServerProcess.spawn(target, ["--fault", fault]);
      assertEquals(await server.exitCode(), 2);
      assertMatch(server.stderr, complaint);
    }
  });
}
