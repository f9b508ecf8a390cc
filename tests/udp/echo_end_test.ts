import { assert, assertEquals } from "../assert.ts";
import { inTime, turn } from "../fake_conn.ts";
import { echoOver, FakeDatagramSocket, udp } from "./fake_socket.ts";

const NEVER = { kind: "latency", ms: 3_600_000 } as const;

Deno.test("without sockets everything is over from the start", async () => {
  const { echo, state } = echoOver({ sockets: [] });
  assert(echo.isOver);
  await inTime(echo.drain(), "drain");
  await echo.close();
  assertEquals(state.idle, 0);
});

Deno.test("drain closes every socket, and says once that it is over", async () => {
  const sockets = [1, 2].map((i) =>
    new FakeDatagramSocket(udp(`127.0.0.${i}`, 7777))
  );
  const { echo, state } = echoOver({ sockets });
  assertEquals(echo.isOver, false);
  await inTime(echo.drain(), "drain");
  assertEquals(sockets.map(({ closed }) => closed), [true, true]);
  await echo.close();
  await echo.drain();
  assertEquals([echo.isOver, state.idle], [true, 1]);
});

Deno.test("drain waits for held answers, and answers nobody new", async () => {
  const { echo, socket, drops, state } = echoOver({
    faults: [{ kind: "latency", ms: 30 }],
  });
  socket.receive("a");
  socket.receive("b");
  const draining = echo.drain();
  await turn();
  assertEquals([socket.sent, socket.closed, state.idle], [[], false, 0]);
  socket.receive("late");
  await inTime(draining, "drain");
  assertEquals(socket.sent.toSorted(), ["a", "b"]);
  assertEquals([socket.closed, echo.isOver, state.idle], [true, true, 1]);
  assertEquals(drops(), [["shutdown", 1, "192.0.2.1:50000"]]);
  assertEquals(echo.stats, {
    ...{ received: 3, sent: 2, bytesIn: 6, bytesOut: 2 },
    dropped: { shutdown: 1 },
  });
});

Deno.test("drain waits for what a socket still has to send", async () => {
  const { echo, socket, state } = echoOver();
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.draining = promise;
  const draining = echo.drain();
  await turn();
  assertEquals([echo.isOver, state.idle], [false, 0]);
  resolve();
  await inTime(draining, "drain");
  assertEquals([echo.isOver, state.idle], [true, 1]);
});

Deno.test("close ends at once, even a drain that waits, and sends nothing more", async () => {
  const { echo, socket, state } = echoOver({ faults: [NEVER] });
  socket.receive("a");
  const draining = echo.drain();
  await echo.close();
  assertEquals([socket.closed, echo.isOver, state.idle], [true, true, 1]);
  await inTime(draining, "drain");
  await echo.close();
  socket.receive("b");
  assertEquals([socket.sent, state.idle], [[], 1]);
});

Deno.test("answers that close drops are counted, so that the stats agree", async () => {
  const { echo, socket } = echoOver({ faults: [NEVER] });
  for (const text of ["a", "b"]) socket.receive(text);
  await echo.close();
  const { received, sent, dropped } = echo.stats;
  assertEquals([received, sent, dropped], [2, 0, { shutdown: 2 }]);
});

Deno.test("the end tells of drops that were not told yet", async () => {
  for (const end of ["drain", "close"] as const) {
    const { echo, socket, drops } = echoOver();
    for (let i = 0; i < 5; i++) socket.receive("a", udp("192.0.2.1", 7));
    await echo[end]();
    assertEquals(drops().map(([reason, count]) => [reason, count]), [
      ["low-port", 1],
      ["low-port", 4],
    ]);
    await echo[end]();
    assertEquals(drops().length, 2);
  }
});

Deno.test("the last record says what became of all datagrams, once", async () => {
  for (const end of ["drain", "close"] as const) {
    const { echo, socket, records } = echoOver({
      faults: [{ kind: "drop", conn: 1 }, { kind: "duplicate", conn: 2 }],
    });
    socket.receive("abc");
    socket.receive("de");
    for (let i = 0; i < 3; i++) socket.receive("f", udp("192.0.2.1", 7));
    await echo[end]();
    await echo[end]();
    const [last, ...others] = records.toReversed();
    assertEquals(last, {
      ...{ event: "datagrams", received: 5, sent: 2, bytesIn: 8, bytesOut: 4 },
      dropped: 4,
    });
    assertEquals(others.map(({ event }) => event), ["dropped", "dropped"]);
  }
});
