import { assert, assertEquals, assertRejects } from "../assert.ts";
import { bytesOf, textOf, turn } from "../fake_conn.ts";
import { type Control, delays, hit, start, startWith } from "./staged.ts";

Deno.test("StagedEcho echoes and tells what it receives", async () => {
  const { conn, received, finish, counters } = start();
  conn.mostPerWrite = 2;
  for (const chunk of ["abc", "de"]) conn.send(chunk);
  conn.sendFin();
  await finish();
  assertEquals(received, ["abc", "de"]);
  assertEquals(conn.writes.map(textOf), ["ab", "c", "de"]);
  assertEquals(counters(), [5, 5, 0]);
  assertEquals(conn.calls, ["closeWrite"]);
});

Deno.test("StagedEcho passes each piece through all stages, in their order", async () => {
  const append = (letter: string) =>
    hit(() => ({
      pass: (piece) => [piece, {
        ...piece,
        data: bytesOf(letter),
      }],
    }));
  const { conn, finish } = start(append("1"), append("2"));
  conn.send("a");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "a212");
});

Deno.test("StagedEcho tells a stage how many bytes came before", async () => {
  const offsets: number[] = [];
  const look = hit(() => ({
    pass: (piece) => (offsets.push(piece.offset), [piece]),
  }));
  const { conn, finish } = start(look);
  for (const chunk of ["abc", "d", "ef"]) conn.send(chunk);
  conn.sendFin();
  await finish();
  assertEquals(offsets, [0, 3, 4]);
});

Deno.test("StagedEcho keeps the order of chunks with different delays", async () => {
  const { conn, finish } = start(delays(40, 0, 20));
  const startedAt = performance.now();
  for (const chunk of ["a", "b", "c"]) conn.send(chunk);
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "abc");
  assertEquals(conn.calls, ["closeWrite"]);
  assert(performance.now() - startedAt >= 39);
});

Deno.test("StagedEcho reads on while a delay lasts", async () => {
  const { conn, echo, finish } = start(delays(50));
  for (let i = 0; i < 10; i++) conn.send(`${i}`);
  await conn.until(() => conn.writes.length > 0);
  assertEquals(echo.bytesIn, 10);
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "0123456789");
});

Deno.test("StagedEcho is pending but not blocked while bytes wait for their time", async () => {
  const { conn, echo, finish } = start(delays(60_000));
  assertEquals([echo.isPending, echo.isBlocked], [false, false]);
  conn.send("a");
  await conn.until(() => echo.bytesIn === 1);
  assertEquals([echo.isPending, echo.isBlocked], [true, false]);
  conn.close();
  echo.stop();
  await finish();
  assertEquals([echo.isPending, echo.isBlocked], [false, false]);
});

Deno.test("StagedEcho reads no more while a write is blocked", async () => {
  const { conn, echo, received, finish } = start();
  const release = conn.holdWrites();
  conn.send("a");
  await conn.until(() => echo.isBlocked);
  // One read may have begun before the write.
  const reads = conn.buffers.length;
  for (const chunk of ["b", "c", "d"]) conn.send(chunk);
  await turn();
  assertEquals(conn.buffers.length, reads);
  assertEquals(received.length, reads);
  assert(reads <= 2);
  assertEquals([echo.isPending, echo.isBlocked], [true, true]);
  release();
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "abcd");
});

Deno.test("StagedEcho reads no more than 8 MiB that wait for their time", async () => {
  const MIB = 1024 * 1024;
  const { conn, echo, finish } = startWith({
    hits: [delays(60_000)],
    onReceive: undefined,
  });
  conn.send(new Uint8Array(9 * MIB));
  await conn.until(() => echo.bytesIn >= 7 * MIB);
  for (let i = 0; i < 20; i++) await turn();
  assertEquals(echo.bytesIn, 8 * MIB);
  conn.close();
  echo.stop();
  await finish();
});

Deno.test("a stage may stop the reading before it begins, until the drain", async () => {
  const { conn, echo, finish, counters } = start(
    hit(({ stopReading }) => ({ begin: stopReading })),
  );
  conn.send("abc");
  await turn();
  assertEquals(conn.buffers.length, 0);
  echo.drain();
  await conn.called("closeWrite");
  conn.sendFin();
  await finish();
  assertEquals(counters(), [0, 0, 3]);
});

Deno.test("what was read when a stage stopped the reading is kept back, until the drain", async () => {
  let control: Control | undefined;
  const { conn, echo, received, finish, counters } = start(
    hit((given) => (control = given, {})),
  );
  await conn.until(() => conn.buffers.length === 1);
  control?.stopReading();
  conn.send("abc");
  await turn();
  assertEquals(counters(), [0, 0, 0]);
  echo.drain();
  await conn.called("closeWrite");
  conn.sendFin();
  await finish();
  assertEquals(counters(), [0, 0, 3]);
  assertEquals(received, []);
});

Deno.test("a fault begins after so many bytes even if an earlier one keeps them", async () => {
  const keep = hit(() => ({ pass: () => [] }));
  const end = hit(({ end }) => ({ begin: end }), { bytes: 5 });
  const { conn, faults, finish } = start(keep, end);
  conn.send("abcd");
  await conn.until(() => conn.buffers.length === 2);
  await turn();
  assertEquals(conn.calls, []);
  conn.send("efg");
  await conn.called("closeWrite");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "");
  assertEquals(faults, ["closeWrite"]);
});

Deno.test("StagedEcho keeps thousands of pieces in order", async () => {
  const slices = hit(() => ({
    pass: ({ data, ...piece }) =>
      Array.from(data, (_, at) => ({
        data: data.subarray(at, at + 1),
        offset: piece.offset + at,
        dueAt: piece.dueAt,
      })),
  }));
  const { conn, echo, finish } = start(slices);
  const text = Array.from({ length: 5000 }, (_, i) => i % 7).join("");
  conn.send(text);
  conn.sendFin();
  await finish();
  assertEquals(conn.written, text);
  assertEquals(conn.writes.length, 5000);
  assertEquals(echo.isPending, false);
});

Deno.test("StagedEcho bounds small pieces by what they take, not by their bytes", async () => {
  const KIB = 1024;
  const slices = hit(() => ({
    pass: ({ data, ...piece }) =>
      Array.from(data, (_, at) => ({
        data: data.subarray(at, at + 1),
        offset: piece.offset + at,
        dueAt: piece.dueAt + 60_000,
      })),
  }));
  const { conn, echo, finish } = startWith({
    hits: [slices],
    onReceive: undefined,
  });
  conn.send(new Uint8Array(1024 * KIB));
  await conn.until(() => echo.bytesIn >= 64 * KIB);
  for (let i = 0; i < 20; i++) await turn();
  // A mebibyte of them would take a quarter of a gibibyte.
  assert(echo.bytesIn <= 512 * KIB, `${echo.bytesIn}`);
  conn.close();
  echo.stop();
  await finish();
});

Deno.test("StagedEcho takes its own close for no error, and rejects with any other", async () => {
  const closed = start();
  closed.conn.close();
  await closed.finish();
  class Failure extends Error {}
  const reading = start();
  reading.conn.fail(new Failure("read failed"));
  await assertRejects(reading.finish, Failure, "read failed");
  const writing = start();
  writing.conn.writeError = new Failure("write failed");
  writing.conn.send("abc");
  await assertRejects(writing.finish, Failure, "write failed");
  assertEquals(writing.counters(), [3, 0, 0]);
});

Deno.test("StagedEcho counts from its offset, for stages and for what begins them", async () => {
  const offsets: number[] = [];
  const keep = hit(() => ({
    pass: (piece) => (offsets.push(piece.offset), []),
  }));
  const end = hit(({ end }) => ({ begin: end }), { bytes: 105 });
  const { conn, echo, faults, finish } = startWith({
    hits: [keep, end],
    offset: 100,
  });
  conn.send("abcd");
  await conn.until(() => echo.bytesIn === 4);
  await turn();
  assertEquals(faults, []);
  conn.send("ef");
  await conn.called("closeWrite");
  conn.sendFin();
  await finish();
  assertEquals(offsets, [100, 104]);
  assertEquals(faults, ["closeWrite"]);
  // The offset is of no other count.
  assertEquals(echo.bytesIn, 6);
});

Deno.test("StagedEcho measures an echo at a time, delays included", async () => {
  const { conn, echo, meter, finish } = start(delays(100, 0));
  conn.send("a");
  await conn.until(() => echo.bytesIn === 1);
  // Read while the first is on its way, and not measured.
  setTimeout(() => conn.send("b"), 20);
  await conn.until(() => conn.written === "ab");
  conn.send("c");
  await conn.until(() => conn.written === "abc");
  conn.sendFin();
  await finish();
  assertEquals(meter.times.length, 2);
  // A timer may fire up to a millisecond early.
  assert(meter.times[0] >= 98, `${meter.times}`);
});

Deno.test("StagedEcho measures a chunk when all of it is written", async () => {
  const apart = hit(() => ({
    pass: ({ data, ...piece }) =>
      Array.from(data, (_, at) => ({
        ...{ ...piece, data: data.subarray(at, at + 1) },
        dueAt: piece.dueAt + at * 30,
      })),
  }));
  const { conn, meter, finish } = start(apart);
  conn.send("ab");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "ab");
  assertEquals(meter.times.map((ms) => ms >= 28), [true]);
});

Deno.test("StagedEcho measures nothing that a fault keeps", async () => {
  const { conn, echo, meter, finish } = start(hit(() => ({ pass: () => [] })));
  conn.send("abc");
  await conn.until(() => echo.bytesIn === 3);
  conn.sendFin();
  await finish();
  assertEquals(meter.times, []);
});
