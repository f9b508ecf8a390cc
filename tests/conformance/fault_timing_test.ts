import { assert, assertEquals } from "../assert.ts";
import {
  connect,
  echoes,
  noise,
  outcomeOf,
  receiveAll,
  send,
  sha256,
} from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { type Target, TARGETS } from "../targets.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
// Timers may be early by a fraction of a millisecond, and clocks differ.
const EARLY_MS = 5;

function start(target: Target, ...faults: string[]): Promise<ServerProcess> {
  const flags = faults.flatMap((fault) => ["--fault", fault]);
  return ServerProcess.start(target, flags);
}

/** How long something takes, in milliseconds. */
async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/** Sends without end, until the connection is closed. */
async function flood(conn: Deno.Conn): Promise<void> {
  const data = noise(MIB / 4);
  try {
    for (;;) await send(conn, data);
  } catch {
    // Either side has closed.
  }
}

const WARM_UP_MS = 700;
const MEASURED_MS = 5000;

/**
 * The rate at which a server echoes a flood, in bytes a second: what arrives
 * between two reads in the middle of it.
 */
async function rateOf(port: number): Promise<number> {
  const conn = await connect(port);
  const flooding = flood(conn);
  const buffer = new Uint8Array(256 * KIB);
  const readUntil = async (atMs: number) => {
    for (let bytes = 0;;) {
      const read = await conn.read(buffer);
      assert(read !== null, "the server ended the connection");
      bytes += read;
      const now = performance.now();
      if (now >= atMs) return { now, bytes };
    }
  };
  const from = await readUntil(performance.now() + WARM_UP_MS);
  const to = await readUntil(from.now + MEASURED_MS);
  conn.close();
  await flooding;
  return to.bytes / (to.now - from.now) * 1000;
}

const RATES = [64 * KIB, MIB, 50 * MIB];

/** The rates that are off by more than 5 %, in words. */
async function wrongRates(target: Target): Promise<string[]> {
  const faults = RATES.map((rate, i) => `bandwidth:rate=${rate},conn=${i + 1}`);
  await using server = await start(target, ...faults);
  const rates: Promise<number>[] = [];
  for (const _ of RATES) {
    rates.push(rateOf(server.port));
    await server.waitFor({ event: "connect" }, rates.length);
  }
  const measured = await Promise.all(rates);
  return RATES.flatMap((rate, i) => {
    const share = measured[i] / rate;
    return share > 0.95 && share < 1.05 ? [] : [`${rate}: ${share} of it`];
  });
}

for (const target of TARGETS) {
  Deno.test(`${target.name}: bandwidth is within 5 % of 64 KiB/s, 1 MiB/s and 50 MiB/s`, async () => {
    let wrong = await wrongRates(target);
    // Once more, since other programs share the machine.
    if (wrong.length > 0) wrong = await wrongRates(target);
    assertEquals(wrong, []);
  });

  Deno.test(`${target.name}: latency delays every chunk by its time`, async () => {
    await using server = await start(target, "latency:ms=100");
    using conn = await connect(server.port);
    for (let i = 0; i < 3; i++) {
      const ms = await timeOf(() => echoes(conn));
      assert(ms >= 100 - EARLY_MS && ms < 2000, `${ms} ms`);
    }
  });

  Deno.test(`${target.name}: latency delays and does not serialise`, async () => {
    await using server = await start(target, "latency:ms=100,jitter=50");
    using conn = await connect(server.port);
    const data = noise(8 * MIB);
    const ms = await timeOf(async () => {
      const receiving = receiveAll(conn);
      await send(conn, data);
      await conn.closeWrite();
      assertEquals((await receiving).hex(), sha256(data));
    });
    // At least 128 chunks, since none has more than 64 KiB.
    assert(ms >= 50 - EARLY_MS && ms < 128 * 100 / 3, `${ms} ms`);
  });

  Deno.test(`${target.name}: slicer writes slices of its size, with pauses`, async () => {
    const [size, pauseMs, slices] = [16, 25, 21];
    const fault = `slicer:size=${size},delay=${pauseMs}ms`;
    await using server = await start(target, fault);
    using conn = await connect(server.port);
    conn.setNoDelay(true);
    const data = noise(size * slices);
    const sizes: number[] = [];
    const ms = await timeOf(async () => {
      await send(conn, data);
      await conn.closeWrite();
      const digest = await receiveAll(conn, (chunk) => {
        sizes.push(chunk.length);
        return Promise.resolve();
      });
      assertEquals(digest.hex(), sha256(data));
    });
    assert(ms >= (slices - 1) * pauseMs - EARLY_MS, `${ms} ms`);
    // A client that comes late finds several slices, but never a part of one.
    assert(sizes.every((bytes) => bytes % size === 0), `${sizes}`);
    const single = sizes.filter((bytes) => bytes === size).length;
    assert(single > slices / 2, `${sizes}`);
  });

  Deno.test(`${target.name}: faults are composed in the order of their flags`, async () => {
    const file = await Deno.makeTempFile();
    const decisionsOf = async (...faults: string[]) => {
      await using server = await ServerProcess.start(target, [
        ...faults.flatMap((fault) => ["--fault", fault]),
        ...["--fault-log", file],
      ]);
      using conn = await connect(server.port);
      await echoes(conn, noise(40));
      const [_, ...decisions] = (await Deno.readTextFile(file)).trim()
        .split("\n").map((line) => JSON.parse(line));
      return decisions.filter(({ kind, offset }) =>
        kind === "latency" && offset !== null
      ).map(({ offset }) => offset);
    };
    const [slicer, latency] = ["slicer:size=10", "latency:ms=10"];
    assertEquals(await decisionsOf(slicer, latency), [0, 10, 20, 30]);
    assertEquals(await decisionsOf(latency, slicer), [0]);
    await Deno.remove(file);
  });

  Deno.test(`${target.name}: faults add up: slices, late, then RST`, async () => {
    await using server = await start(
      target,
      ...["slicer:size=10,delay=20ms", "latency:ms=200"],
      "reset_peer:bytes=50",
    );
    using conn = await connect(server.port);
    const began = performance.now();
    const data = noise(100);
    await send(conn, data);
    const { bytes, hash, end } = await outcomeOf(conn);
    assertEquals([bytes, hash, end], [50, sha256(data.subarray(0, 50)), "RST"]);
    assert(performance.now() - began >= 200 + 4 * 20 - EARLY_MS);
  });

  Deno.test(`${target.name}: --write-timeout drops a client despite faults`, async () => {
    await using server = await ServerProcess.start(target, [
      ...["--fault", "latency:ms=10", "--write-timeout", "300ms"],
    ]);
    using conn = await connect(server.port);
    const flooding = flood(conn);
    const record = await server.waitFor({ event: "disconnect" });
    await flooding;
    assertEquals(record.reason, "write-timeout");
    assert(Number(record.bytesIn) > Number(record.bytesOut));
  });

  Deno.test(`${target.name}: --idle-timeout ends a client that is muted`, async () => {
    await using server = await ServerProcess.start(target, [
      ...["--fault", "mute", "--idle-timeout", "200ms"],
    ]);
    using conn = await connect(server.port);
    await send(conn, noise(100));
    const { bytes, end } = await outcomeOf(conn);
    assertEquals([bytes, end], [0, "FIN"]);
    await conn.closeWrite();
    const { reason, bytesIn } = await server.waitFor({ event: "disconnect" });
    assertEquals([reason, bytesIn], ["idle-timeout", 100]);
  });

  Deno.test(`${target.name}: --idle-timeout spares a client whose bytes are on their way`, async () => {
    await using server = await ServerProcess.start(target, [
      ...["--fault", "latency:ms=700", "--idle-timeout", "200ms"],
    ]);
    using conn = await connect(server.port);
    await echoes(conn);
    assertEquals((await receiveAll(conn)).bytes, 0);
    await conn.closeWrite();
    const record = await server.waitFor({ event: "disconnect" });
    assertEquals([record.reason, record.bytesOut], ["idle-timeout", 100]);
  });

  Deno.test(`${target.name}: SIGTERM with latency in flight loses nothing that was read`, async () => {
    await using server = await start(target, "latency:ms=800,conn=1");
    using conn = await connect(server.port);
    const sent = noise(MIB);
    await send(conn, sent);
    // The echo of another client shows that the first one's bytes were read.
    const other = await connect(server.port);
    await echoes(other, noise(MIB / 8));
    other.close();
    server.signal("SIGTERM");
    const { connections } = await server.waitFor({ event: "shutdown" });
    assert(connections !== 0, "the first client was gone already");
    const received = await receiveAll(conn);
    conn.close();
    const record = await server.waitFor({ event: "disconnect", id: 1 });
    const { reason, bytesIn, bytesOut } = record;
    assertEquals([reason, bytesOut], ["shutdown", bytesIn]);
    assert(received.bytes > 0, "nothing was on its way");
    assertEquals(received.bytes, bytesIn);
    const read = sent.subarray(0, received.bytes);
    assertEquals(received.hex(), sha256(read));
    assertEquals(await server.exitCode(), 0);
  });
}
