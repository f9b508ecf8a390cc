import { assert, assertEquals } from "../assert.ts";
import { type Control, delays, hit, start, startWith } from "./staged.ts";

Deno.test("drain writes out what waits, then sends FIN and discards the rest", async () => {
  const { conn, echo, received, finish, counters } = start(delays(20));
  conn.send("abc");
  await conn.until(() => echo.bytesIn === 3);
  echo.drain();
  echo.drain();
  conn.send("late");
  await conn.called("closeWrite");
  assertEquals(conn.written, "abc");
  conn.sendFin();
  await finish();
  assertEquals(received, ["abc"]);
  assertEquals(counters(), [3, 3, 4]);
  assertEquals(conn.calls, ["closeWrite"]);
});

Deno.test("StagedEcho sends FIN after so many bytes, at the end of a chunk or in its midst", async () => {
  for (const chunks of [["ab", "cd", "efg"], ["abc", "defg"]]) {
    const { conn, received, finish, counters } = startWith({ maxBytes: 4 });
    for (const chunk of chunks) conn.send(chunk);
    await conn.called("closeWrite");
    conn.sendFin();
    await finish();
    assertEquals(conn.written, "abcd");
    assertEquals(counters(), [4, 4, 3]);
    assertEquals(conn.calls, ["closeWrite"]);
    assertEquals(received.slice(2), []);
  }
});

Deno.test("stop ends all timers and waits", async () => {
  // A timer that outlived the test would fail it.
  const later = hit(({ after, stopReading }) => ({
    begin: () => after(60_000, () => {}),
    pass: (piece) => (stopReading(), [piece]),
  }));
  const { conn, echo, finish } = start(later, delays(60_000));
  conn.send("a");
  await conn.until(() => echo.isPending);
  echo.stop();
  await finish();
  assertEquals(conn.written, "");
  assertEquals(conn.calls, []);
});

Deno.test("a piece that ends the connection is written before FIN", async () => {
  const end = hit(() => ({
    pass: (piece) => [{ ...piece, dueAt: piece.dueAt + 10, then: "end" }],
  }));
  const { conn, echo, faults, finish } = start(end);
  conn.send("abc");
  await conn.called("closeWrite");
  assertEquals(conn.written, "abc");
  conn.send("late");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "abc");
  assertEquals(echo.bytesDiscarded, 4);
  assertEquals(faults, ["closeWrite"]);
});

Deno.test("end and abort come after what is on its way", async () => {
  for (
    const [how, call] of [["end", "closeWrite"], ["abort", "abort"]] as const
  ) {
    let control: Control | undefined;
    const grab = hit((given) => (control = given, {}));
    const { conn, echo, faults, finish } = start(grab, delays(20));
    conn.send("abc");
    await conn.until(() => echo.bytesIn === 3);
    control?.[how]();
    await conn.called(call);
    assertEquals(conn.written, "abc");
    conn.sendFin();
    await finish();
    assertEquals(conn.calls, [call]);
    assertEquals(faults.length, 1);
  }
});

Deno.test("abortNow drops what is on its way, and tells it once", async () => {
  let control: Control | undefined;
  const grab = hit((given) => (control = given, {}));
  const { conn, echo, faults, finish } = start(grab, delays(60_000));
  conn.send("abc");
  await conn.until(() => echo.isPending);
  control?.abortNow();
  control?.abortNow();
  await finish();
  assertEquals(conn.written, "");
  assertEquals(conn.calls, ["abort"]);
  assertEquals(faults, [""]);
});

Deno.test("the peer's FIN is answered as late as all stages want together", async () => {
  const late = (finDelayMs: number) => hit(() => ({ finDelayMs }));
  const { conn, finish } = start(late(20), hit(() => ({})), late(15));
  const startedAt = performance.now();
  conn.send("a");
  conn.sendFin();
  await finish();
  assertEquals(conn.written, "a");
  assertEquals(conn.calls, ["closeWrite"]);
  assert(performance.now() - startedAt >= 34);
});

Deno.test("the peer's FIN is not answered while a stage holds it back for ever", async () => {
  const { conn, faults, finish } = start(hit(({ after, end }) => ({
    begin: () => after(20, end),
    finDelayMs: Infinity,
  })));
  conn.sendFin();
  await finish();
  assertEquals(conn.calls, ["closeWrite"]);
  assertEquals(faults, ["closeWrite"]);
});

Deno.test("a fault that would end the connection after FIN does nothing", async () => {
  let control: Control | undefined;
  const grab = hit((given) => (control = given, {}));
  const { conn, echo, faults, finish } = start(grab);
  echo.drain();
  await conn.called("closeWrite");
  control?.end();
  assertEquals(echo.isPending, false);
  conn.sendFin();
  await finish();
  assertEquals(conn.calls, ["closeWrite"]);
  assertEquals(faults, []);
});

Deno.test("a fault may reset the connection even after FIN", async () => {
  let control: Control | undefined;
  const grab = hit((given) => (control = given, {}));
  const { conn, echo, faults, finish } = start(grab);
  echo.drain();
  await conn.called("closeWrite");
  control?.abort();
  await finish();
  assertEquals(conn.calls, ["closeWrite", "abort"]);
  assertEquals(faults.length, 1);
});

Deno.test("bytes get a tenth of a second to leave before a reset", async () => {
  const abort = hit(() => ({
    pass: (piece) => [{ ...piece, then: "abort" }],
  }));
  const { conn, finish } = start(abort);
  conn.send("abc");
  await conn.until(() => conn.written === "abc");
  const writtenAt = performance.now();
  await finish();
  assertEquals(conn.calls, ["abort"]);
  assert(performance.now() - writtenAt >= 90);
});

Deno.test("drain does not wait for a FIN that is put off", async () => {
  const late = hit(() => ({ finDelayMs: 60_000 }));
  const { conn, echo, finish } = start(late, delays(20));
  conn.send("abc");
  conn.sendFin();
  await conn.until(() => conn.written === "abc");
  assertEquals(conn.calls, []);
  echo.drain();
  await conn.called("closeWrite");
  await finish();
});

Deno.test("a fault that ends the stream cuts it, where FIN would make it look whole", async () => {
  const end = hit(() => ({
    pass: (piece) => [{ ...piece, then: "end" }],
  }));
  const order: string[] = [];
  const { conn, finish } = startWith({
    hits: [end],
    cut: () => Promise.resolve(void order.push(`cut after ${conn.written}`)),
    onFault: () => order.push("fault"),
  });
  conn.send("abc");
  await conn.until(() => order.length === 2);
  conn.sendFin();
  await finish();
  assertEquals(order, ["cut after abc", "fault"]);
  assertEquals(conn.calls, []);
});

Deno.test("what ends as it should is not cut", async () => {
  for (const how of ["FIN", "drain", "maxBytes"]) {
    const { conn, echo, finish } = startWith({
      cut: () => Promise.reject(new Error("cut")),
      maxBytes: how === "maxBytes" ? 3 : Infinity,
    });
    conn.send("abc");
    await conn.until(() => conn.written === "abc");
    if (how === "drain") echo.drain();
    conn.sendFin();
    await finish();
    assertEquals(conn.calls, ["closeWrite"], how);
  }
});
