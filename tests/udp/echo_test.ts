import type { DropReason } from "../../src/udp/drops.ts";
import { assertEquals } from "../assert.ts";
import {
  CLIENT,
  echoOver,
  FakeDatagramSocket,
  stoppedClock,
  udp,
} from "./fake_socket.ts";

const OTHER = udp("192.0.2.2", 50_000);

Deno.test("DatagramEcho answers each datagram with itself, to its source", () => {
  const { echo, socket, records, drops } = echoOver();
  const sources = [CLIENT, OTHER, udp("2001:db8::1", 1024)];
  const texts = ["hello", "", "x".repeat(65_507)];
  texts.forEach((text, i) => socket.receive(text, sources[i]));
  assertEquals(socket.sent, texts);
  assertEquals(socket.targets, sources);
  assertEquals([records, drops()], [[], []]);
  assertEquals(echo.stats, {
    ...{ received: 3, sent: 3, bytesIn: 65_512, bytesOut: 65_512, dropped: {} },
  });
});

Deno.test("DatagramEcho answers from the socket that was asked", () => {
  const sockets = [1, 2].map((i) =>
    new FakeDatagramSocket(udp(`127.0.0.${i}`, 7777))
  );
  const { echo } = echoOver({ sockets });
  sockets[1].receive("b");
  sockets[0].receive("a");
  sockets[1].receive("c");
  assertEquals(sockets.map(({ sent }) => sent), [["a"], ["b", "c"]]);
  assertEquals(echo.stats.sent, 3);
});

Deno.test("DatagramEcho refuses sources that it must not answer, by reason", async () => {
  using _ = stoppedClock();
  const sockets = [7777, 8888].map((port) =>
    new FakeDatagramSocket(udp("127.0.0.1", port))
  );
  const { echo, socket, drops, records } = echoOver({ sockets });
  const sources: [source: typeof CLIENT, reason: DropReason][] = [
    [udp("192.0.2.1", 7), "low-port"],
    [udp("192.0.2.2", 19), "low-port"],
    [udp("192.0.2.1", 7777), "own-port"],
    // A port of the other socket, which would answer for ever.
    [udp("127.0.0.1", 8888), "own-port"],
    [udp("255.255.255.255", 50_000), "bad-address"],
    [udp("ff02::1", 50_000), "bad-address"],
    [udp("0.0.0.0", 50_000), "bad-address"],
  ];
  for (const [source] of sources) socket.receive("hello", source);
  assertEquals(sockets.map(({ sent }) => sent), [[], []]);
  const first = [
    ["low-port", 1, "192.0.2.1:7"],
    ["own-port", 1, "192.0.2.1:7777"],
    ["bad-address", 1, "255.255.255.255:50000"],
  ];
  assertEquals(drops(), first);
  assertEquals(records[0], {
    ...{ event: "dropped", url: "udp://127.0.0.1:7777", peer: "192.0.2.1:7" },
    ...{ reason: "low-port", count: 1 },
  });
  await echo.close();
  assertEquals(drops(), [
    ...first,
    ["low-port", 1, "192.0.2.2:19"],
    ["own-port", 1, "127.0.0.1:8888"],
    ["bad-address", 2, "0.0.0.0:50000"],
  ]);
  assertEquals(echo.stats, {
    ...{ received: 7, sent: 0, bytesIn: 35, bytesOut: 0 },
    dropped: { "low-port": 2, "own-port": 2, "bad-address": 3 },
  });
});

Deno.test("DatagramEcho holds each address to its rate, whatever its ports", () => {
  using clock = stoppedClock();
  const { echo, socket, drops } = echoOver({ rate: 2 });
  const [one, other] = [CLIENT, udp(CLIENT.hostname, 50_001)];
  for (const source of [one, other, one, other]) socket.receive("a", source);
  assertEquals(socket.targets, [one, other]);
  socket.receive("b", OTHER);
  clock.now += 999;
  socket.receive("c");
  assertEquals(socket.sent, ["a", "a", "b"]);
  clock.now += 1;
  socket.receive("d");
  assertEquals(socket.sent, ["a", "a", "b", "d"]);
  assertEquals(drops(), [["rate", 1, "192.0.2.1:50000"]]);
  assertEquals(echo.stats.dropped, { rate: 3 });
});

Deno.test("who is refused uses up nobody's rate", () => {
  using _ = stoppedClock();
  const { socket } = echoOver({ rate: 1 });
  socket.receive("a", udp(CLIENT.hostname, 7));
  socket.receive("b");
  assertEquals(socket.sent, ["b"]);
});

Deno.test("at rate 0 there is no limit", () => {
  const { echo, socket } = echoOver();
  for (let i = 0; i < 5000; i++) socket.receive("a");
  assertEquals([socket.sent.length, echo.stats.dropped], [5000, {}]);
});

Deno.test("what the socket does not take is congestion", () => {
  using _ = stoppedClock();
  const { echo, socket, drops } = echoOver();
  socket.isFull = true;
  for (const text of ["a", "b"]) socket.receive(text);
  socket.isFull = false;
  socket.receive("c");
  assertEquals(socket.sent, ["c"]);
  assertEquals(drops(), [["congestion", 1, "192.0.2.1:50000"]]);
  assertEquals(echo.stats, {
    ...{ received: 3, sent: 1, bytesIn: 3, bytesOut: 1 },
    dropped: { congestion: 2 },
  });
});

Deno.test("what the system does not send is a send-error, with its words", () => {
  using _ = stoppedClock();
  const { echo, socket, records } = echoOver();
  socket.sendError = new Error("EPERM: not permitted");
  socket.receive("hello");
  socket.sendError = undefined;
  socket.receive("again");
  assertEquals(records, [{
    ...{ event: "dropped", url: "udp://127.0.0.1:7777" },
    ...{ peer: "192.0.2.1:50000", reason: "send-error", count: 1 },
    error: "EPERM: not permitted",
  }]);
  const { received, sent, bytesOut, dropped } = echo.stats;
  assertEquals([received, sent, bytesOut], [2, 1, 5]);
  assertEquals(dropped, { "send-error": 1 });
});

Deno.test("an error of a socket is told, and the echo goes on", () => {
  const { socket, records } = echoOver();
  socket.handler.onError(new Error("ENOBUFS"));
  socket.receive("hello");
  const message = "Socket 127.0.0.1:7777: ENOBUFS";
  assertEquals(records, [{ event: "error", message }]);
  assertEquals(socket.sent, ["hello"]);
});

Deno.test("stats stay as they were", () => {
  const { echo, socket } = echoOver();
  const before = echo.stats;
  socket.receive("hello");
  socket.receive("hello", udp("192.0.2.1", 7));
  assertEquals(before, {
    ...{ received: 0, sent: 0, bytesIn: 0, bytesOut: 0, dropped: {} },
  });
});
