import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { playersOf, type PlayOptions } from "./playing.ts";

/** A player alone, on its way. */
async function playing(options: PlayOptions = {}) {
  const { players: [player], server, start, ...rest } = await playersOf(
    options,
  );
  start();
  return { player, stream: server.last, server, ...rest };
}

Deno.test("a message goes when the one before has come back", async () => {
  const { time, stream, tally, close } = await playing();
  assertEquals(stream.written.length, 8);
  time.nowMs = 3;
  stream.echo(0, 5);
  assertEquals(stream.written.length, 8);
  time.nowMs = 4;
  stream.echo(5, 8);
  assertEquals(stream.written.length, 16);
  assertEquals([tally.times.count, tally.times.maxMs], [1, 4]);
  time.nowMs = 5;
  stream.echo(8);
  assertEquals([tally.times.count, tally.times.minMs], [2, 1]);
  close();
  assert(stream.isClosed);
});

Deno.test("with a pipeline, so many messages are on their way", async () => {
  const { time, stream, tally } = await playing({ plan: { pipeline: 4 } });
  assertEquals(stream.written.length, 32);
  time.nowMs = 1;
  // Two and a half come back, so that two go.
  stream.echo(0, 20);
  assertEquals([tally.times.count, stream.written.length], [2, 48]);
  time.nowMs = 10;
  stream.echo(20);
  assertEquals([tally.times.count, stream.written.length], [6, 80]);
  // They took 1, 1, 9, 9, 10 and 10 ms: the last two have begun at 1 ms.
  const middle = tally.times.percentile(50);
  assert(Math.abs(middle - 9) < 0.09, `${middle}`);
});

Deno.test("each message is another one", async () => {
  const { server, start, players } = await playersOf({
    plan: { connections: 20 },
    onWrite: (stream) => {
      if (stream.written.length < 400) queueMicrotask(() => stream.echo(-8));
    },
  });
  start();
  await new Promise((resolve) => setTimeout(resolve, 0));
  const messages = server.streams.flatMap(({ written }) =>
    Array.from({ length: 50 }, (_, i) => written.slice(i * 8, i * 8 + 8).join())
  );
  assertEquals(messages.length, 1000);
  assertEquals(new Set(messages).size, 1000);
  for (const player of players) player.close();
});

Deno.test("the first wrong byte ends all of it, with connection, message and offset", async () => {
  const { stream, tally } = await playing({
    plan: { pipeline: 3, firstConnection: 6 },
  });
  stream.echo(0, 11);
  const [right, ...rest] = stream.written.slice(11, 20);
  stream.say(right, rest[0] ^ 0x80, ...rest.slice(1));
  assertMatch(
    tally.wrong!,
    /^connection 7, message 2: wrong byte at offset 4: expected 0x.., got 0x..$/,
  );
  await tally.broken;
  assert(stream.isClosed);
  // All three that were on their way are lost with it.
  assertEquals([tally.times.count, tally.lost], [1, 3]);
});

Deno.test("the answer to an older message is wrong, and that of another connection", async () => {
  const old = await playing();
  old.stream.echo();
  old.stream.echo(0, 8);
  assertMatch(
    old.tally.wrong!,
    /^connection 1, message 2: wrong byte at offset/,
  );

  const { server, start, tally } = await playersOf({
    plan: { connections: 2 },
  });
  start();
  const [one, other] = server.streams;
  one.say(...other.written);
  assertMatch(tally.wrong!, /^connection 1, message 1: wrong byte at offset/);
});

Deno.test("a byte too many ends all of it", async () => {
  const { stream, tally } = await playing();
  stream.say(...stream.written, 0);
  assertMatch(
    tally.wrong!,
    /^connection 1, message 2: more bytes than were sent: expected 8, got 9$/,
  );
});

Deno.test("a large message is written as the stream takes it", async () => {
  const { stream, tally } = await playing({ plan: { size: 1000 } });
  assertEquals(stream.written.length, 1000);
  stream.room = 300;
  stream.echo();
  assertEquals(stream.written.length, 1300);
  stream.room = Infinity;
  stream.sink.onDrain();
  assertEquals(stream.written.length, 2000);
  stream.echo(1000);
  assertEquals(tally.times.count, 2);
});

Deno.test("an answer that takes too long is a failure, even if it moves on", async () => {
  const { time, player, stream, tally, close } = await playing();
  time.nowMs = 900;
  stream.echo(0, 4);
  player.check(999);
  assertEquals(tally.failures.counts, []);
  player.check(1000);
  const [{ kind, message }] = tally.failures.counts;
  assertEquals([kind, message], ["timeout", "4 of 8 bytes within 1000 ms"]);
  assert(stream.isClosed);
  close();
});

Deno.test("with a pipeline, the time of the oldest answer is what counts", async () => {
  const { time, player, stream, tally, close } = await playing({
    plan: { pipeline: 2 },
  });
  time.nowMs = 600;
  stream.echo(0, 8);
  player.check(999);
  assertEquals(tally.failures.counts, []);
  // The second message was sent with the first one, the third one later.
  player.check(1000);
  assertEquals([tally.failures.counts[0].kind, tally.lost], ["timeout", 2]);
  close();
});

Deno.test("a connection that is lost is opened anew, and counted", async () => {
  const { stream, server, tally, close } = await playing({
    onOpen: (tries) => {
      if (tries !== 2) return;
      throw Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    },
  });
  stream.echo();
  stream.sink.onEnd();
  while (server.streams.length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  const counts = tally.failures.counts.map(({ kind, count }) => [kind, count]);
  assertEquals(counts.toSorted(), [["closed", 1], ["refused", 1]]);
  assertEquals(server.last.written.length, 8);
  server.last.echo();
  assertEquals(tally.times.count, 2);
  close();
});

Deno.test("what is stopped begins nothing more, but takes what is on its way", async () => {
  const { player, stream, tally } = await playing();
  assert(player.isBusy);
  player.stop();
  stream.echo();
  assertEquals([stream.written.length, tally.times.count], [8, 1]);
  assert(!player.isBusy);
  stream.sink.onEnd();
  assertEquals(tally.failures.counts, []);
});
