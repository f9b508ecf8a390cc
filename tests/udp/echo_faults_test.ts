import { Decisions } from "../../src/faults/decisions.ts";
import type { Fault } from "../../src/faults/types.ts";
import { assert, assertEquals } from "../assert.ts";
import {
  CLIENT,
  echoOver,
  type EchoSetup,
  stoppedClock,
  udp,
} from "./fake_socket.ts";

const OTHER = udp("198.51.100.1", 50_000);
const LETTERS = [..."abcdefghijkl"];
const SELECTORS: readonly [name: string, fault: Fault, expected: string][] = [
  ["none", { kind: "drop" }, ""],
  ["conn", { kind: "drop", conn: 2 }, "acdefghijkl"],
  ["a range of conn", { kind: "drop", conn: "2-11" }, "al"],
  ["every", { kind: "drop", every: 3 }, "abdeghjk"],
  ["p=0", { kind: "drop", p: 0 }, "abcdefghijkl"],
  ["peer", { kind: "drop", peer: "192.0.2.0/24" }, ""],
  ["another peer", { kind: "drop", peer: "198.51.100.0/24" }, "abcdefghijkl"],
  ["IPv6 peers", { kind: "drop", peer: "::/0" }, "abcdefghijkl"],
  ["conn and every", { kind: "drop", conn: "1-6", every: 2 }, "aceghijkl"],
  ["twice every", { kind: "duplicate", every: 5 }, "abcdeefghijjkl"],
  ["a fault of streams", { kind: "mute" }, "abcdefghijkl"],
];

/** What comes back at once for each of twelve letters. */
function answersTo(setup: EchoSetup): string {
  const { echo, socket } = echoOver(setup);
  for (const letter of LETTERS) socket.receive(letter);
  echo.close();
  return socket.sent.join("");
}

for (const [name, fault, expected] of SELECTORS) {
  Deno.test(`a fault selects datagrams by ${name}`, () => {
    assertEquals(answersTo({ faults: [fault] }), expected);
  });
}

Deno.test("p hits its share of the datagrams, the same by the same seed", () => {
  const fault = { kind: "drop", p: 0.5 } as const;
  const of = (seed: number) => answersTo({ faults: [fault], seed });
  const { datagrams } = new Decisions(7);
  const expected = LETTERS.filter((_, i) => !datagrams.hits(i + 1, 0, fault));
  assertEquals(of(7), expected.join(""));
  assert(expected.length > 0 && expected.length < LETTERS.length);
  const all = [1, 2, 3, 4, 5, 6, 7, 8].map(of);
  assert(new Set(all).size > 4, `${all}`);
  const kept = all.join("").length / (all.length * LETTERS.length);
  assert(kept > 0.3 && kept < 0.7, `${kept}`);
});

Deno.test("after begins once so many bytes came, whoever sent them", () => {
  const faults: Fault[] = [{ kind: "drop", after: 4 }];
  const { socket } = echoOver({ faults });
  // As of a stream, the first four bytes are spared.
  socket.receive("abcd", OTHER);
  socket.receive("e");
  socket.receive("f", OTHER);
  assertEquals(socket.sent, ["abcd"]);
});

Deno.test("after a time begins that long after the start", () => {
  using clock = stoppedClock();
  const { socket } = echoOver({ faults: [{ kind: "drop", after: "2s" }] });
  for (
    const [text, ms] of [["a", 0], ["b", 1999], ["c", 1], ["d", 9]] as const
  ) {
    clock.now += ms;
    socket.receive(text);
  }
  assertEquals(socket.sent, ["a", "b"]);
});

Deno.test("what drop drops is counted, and not told", async () => {
  const { echo, socket, drops } = echoOver({ faults: [{ kind: "drop" }] });
  for (const text of ["a", "bc"]) socket.receive(text);
  await echo.close();
  assertEquals(drops(), []);
  assertEquals(echo.stats, {
    ...{ received: 2, sent: 0, bytesIn: 3, bytesOut: 0, dropped: { fault: 2 } },
  });
});

Deno.test("duplicate answers twice, and the stats say so", () => {
  const { echo, socket } = echoOver({
    faults: [{ kind: "duplicate", conn: 2 }],
  });
  for (const text of ["a", "bc", "d"]) socket.receive(text);
  assertEquals(socket.sent, ["a", "bc", "bc", "d"]);
  assertEquals(echo.stats, {
    ...{ received: 3, sent: 4, bytesIn: 4, bytesOut: 6, dropped: {} },
  });
});

Deno.test("reorder lets the next answer to the same client go first", () => {
  const { echo, socket } = echoOver({
    faults: [{ kind: "reorder", conn: 1, ms: 3_600_000 }],
  });
  const samePeer = udp(CLIENT.hostname, 50_001);
  socket.receive("a");
  socket.receive("b", OTHER);
  socket.receive("c", samePeer);
  assertEquals(socket.sent, ["b", "c"]);
  socket.receive("d");
  socket.receive("e");
  assertEquals(socket.sent, ["b", "c", "d", "a", "e"]);
  assertEquals(socket.targets[3], CLIENT);
  assertEquals(echo.stats.sent, 5);
});

Deno.test("reorder keeps those in order that it holds back, and sends each once", () => {
  const { socket } = echoOver({
    faults: [{ kind: "reorder", conn: "1-3", ms: 3_600_000 }],
  });
  for (const text of ["a", "b", "c", "d", "e"]) socket.receive(text);
  assertEquals(socket.sent, ["d", "a", "b", "c", "e"]);
});

Deno.test("reorder sends by itself where nothing follows", async () => {
  const { socket } = echoOver({ faults: [{ kind: "reorder", ms: 10 }] });
  const began = performance.now();
  socket.receive("a");
  assertEquals(await socket.sends(1), ["a"]);
  assert(performance.now() - began >= 9);
});

Deno.test("reorder is not overtaken by what is refused or dropped", () => {
  using _ = stoppedClock();
  const { echo, socket } = echoOver({
    rate: 2,
    faults: [
      { kind: "reorder", conn: 1, ms: 3_600_000 },
      { kind: "drop", conn: 2 },
    ],
  });
  for (const text of ["a", "b", "c"]) socket.receive(text);
  assertEquals(socket.sent, []);
  echo.close();
});

Deno.test("latency holds each answer back by its time", async () => {
  const { socket } = echoOver({
    faults: [
      { kind: "latency", ms: 60, conn: 1 },
      { kind: "latency", ms: 20, conn: "1-2" },
    ],
  });
  const began = performance.now();
  for (const text of ["a", "b", "c"]) socket.receive(text);
  assertEquals(socket.sent, ["c"]);
  assertEquals(await socket.sends(3), ["c", "b", "a"]);
  assert(performance.now() - began >= 79);
});

Deno.test("answers that are delayed alike keep their order", async () => {
  using clock = stoppedClock();
  const { socket } = echoOver({ faults: [{ kind: "latency", ms: 30 }] });
  for (const letter of LETTERS) {
    // Times of which a sum and a difference are not exact.
    clock.now += 0.1;
    socket.receive(letter);
  }
  assertEquals(await socket.sends(LETTERS.length), LETTERS);
});

Deno.test("an answer that is held back keeps its bytes, whatever becomes of the buffer", async () => {
  const { socket } = echoOver({ faults: [{ kind: "latency", ms: 5 }] });
  const buffer = new Uint8Array([97, 98]);
  socket.handler.onDatagram(buffer, CLIENT);
  buffer.fill(0);
  assertEquals(await socket.sends(1), ["ab"]);
});

Deno.test("corrupt flips the same bits by the same seed, and changes no length", () => {
  const text = "a".repeat(200);
  const run = (seed: number) => {
    const { socket } = echoOver({
      faults: [{ kind: "corrupt", rate: 0.05 }],
      seed,
    });
    for (let i = 0; i < 3; i++) socket.receive(text);
    assertEquals(socket.sent.length, 3);
    return socket.sent;
  };
  const first = run(7);
  assertEquals(run(7), first);
  assert(run(8).join() !== first.join());
  // Each datagram has a number of its own, and its bytes another chance.
  assertEquals(new Set([...first, text]).size, 4);
});

Deno.test("faults are composed in their order", async () => {
  const { echo, socket } = echoOver({
    faults: [
      { kind: "duplicate" },
      { kind: "latency", ms: 10 },
      { kind: "duplicate", conn: 1 },
      { kind: "drop", conn: 2 },
    ],
  });
  socket.receive("a");
  socket.receive("b");
  assertEquals(socket.sent, []);
  assertEquals(await socket.sends(4), ["a", "a", "a", "a"]);
  assertEquals(echo.stats.dropped, { fault: 1 });
});

Deno.test("another plan is for datagrams that come later", async () => {
  const { echo, socket, planOf } = echoOver({
    faults: [{ kind: "latency", ms: 10 }],
  });
  socket.receive("a");
  echo.plan = planOf([{ kind: "drop", conn: 2 }]);
  socket.receive("b");
  echo.plan = planOf([]);
  socket.receive("c");
  assertEquals(await socket.sends(2), ["c", "a"]);
});

Deno.test("more than is held back for all is congestion", () => {
  const { echo, socket } = echoOver({
    faults: [{ kind: "latency", ms: 3_600_000 }],
  });
  const text = "x".repeat(65_507);
  for (let i = 0; i < 130; i++) socket.receive(text);
  assertEquals(echo.stats.dropped, { congestion: 3 });
  echo.close();
});

Deno.test("a replay repeats what chance decided about each datagram", () => {
  const faults: Fault[] = [
    { kind: "drop", p: 0.5 },
    { kind: "corrupt", rate: 0.5 },
  ];
  const { socket, log } = echoOver({ faults, seed: 7 });
  for (const letter of LETTERS) socket.receive(letter.repeat(20));
  assert(log.length > 0 && log.every(({ datagram }) => datagram! > 0));
  const again = echoOver({ faults, seed: 99, replay: log });
  for (const letter of LETTERS) again.socket.receive(letter.repeat(20));
  assertEquals(again.socket.sent, socket.sent);
});
