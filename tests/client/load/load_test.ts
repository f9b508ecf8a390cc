import { bench } from "../../../src/client/load/bench.ts";
import { Load } from "../../../src/client/load/load.ts";
import type { LoadPlan } from "../../../src/client/load/plan.ts";
import { assert, assertEquals } from "../../assert.ts";
import {
  FakeServer,
  type FakeServerOptions,
  type FakeStream,
} from "../fake_streams.ts";
import { planOf } from "./playing.ts";

/** Puts a load on a server that a test plays, for a moment. */
async function loadOn(
  options: FakeServerOptions,
  own: Partial<LoadPlan> = {},
  durationMs = 20,
  onOpened: (server: FakeServer) => void = () => {},
) {
  const server = new FakeServer(options);
  const result = await bench(planOf(own), {
    parts: 1,
    createPart: (plan) => new Load(plan, server.runtime),
    durationMs,
    signal: new AbortController().signal,
    onOpened: () => onOpened(server),
    onProgress: () => {},
  });
  const size = own.size ?? 8;
  const sent = server.streams.reduce(
    (sum, { written }) => sum + Math.ceil(written.length / size),
    0,
  );
  return { server, result, sent };
}

Deno.test("a load goes on with the connections that could be opened", async () => {
  const { server, result } = await loadOn({
    onOpen: (tries) => {
      if (tries % 3 > 0) return;
      throw Object.assign(new Error("x"), { code: "EMFILE" });
    },
    onWrite: (stream, data) => setTimeout(() => stream.say(...data), 1),
  }, { connections: 9 });
  const [{ kind, count, message }] = result.opened.failures;
  assertEquals([result.opened.open, kind, count], [6, "error", 3]);
  assertEquals(message, "too many open files: raise the limit (ulimit -n)");
  assert(result.echoes >= 6, `${result.echoes}`);
  assertEquals(result.failures, []);
  assert(server.streams.every(({ isClosed }) => isClosed));
});

Deno.test("what a server does not keep up with is told", async () => {
  const { result } = await loadOn({}, { connections: 2, rate: 10_000 });
  assertEquals(result.echoes, 0);
  // Each connection waits for its first answer, and all else for them.
  assert(result.unsent > 100, `${result.unsent}`);
});

/** Answers so many messages, and then none any more. */
function answerUntil(count: number): FakeServerOptions {
  let left = count;
  return {
    onWrite: (stream, data) => {
      if (left-- > 0) setTimeout(() => stream.say(...data), 1);
    },
  };
}

Deno.test("a server that never answers again is found out, in a closed loop", async () => {
  const plan = { connections: 2, timeoutMs: 60_000 };
  const { result, sent } = await loadOn(answerUntil(10), plan, 200);
  const { echoes, unanswered, times, failures } = result;
  assertEquals([echoes, unanswered.count, sent], [10, 2, 12]);
  // They have waited for as long as anybody did.
  assertEquals([times.count, times.maxMs], [12, unanswered.oldestMs]);
  assert(times.percentile(90) > 1000, `${times.percentile(90)}`);
  assertEquals(failures.map(({ kind, count }) => [kind, count]), [
    ["unanswered", 2],
  ]);
});

Deno.test("a server that never answers again is found out, in an open loop", async () => {
  const plan = { connections: 2, rate: 1000, timeoutMs: 60_000 };
  const { result, sent } = await loadOn(answerUntil(10), plan, 400);
  const { echoes, unanswered, unsent, times, failures } = result;
  assertEquals([echoes, unanswered.count, sent], [10, 2, 12]);
  // What waited to be sent is charged from when it was due.
  assertEquals(times.count, 12 + unsent);
  assert(times.percentile(50) > 100, `${times.percentile(50)}`);
  const due = result.durationMs;
  assert(
    Math.abs(sent + unsent - due) < due * 0.2,
    `${sent} ${unsent} ${due}`,
  );
  assertEquals(failures.map(({ kind }) => kind), ["unanswered"]);
});

Deno.test("what comes back just after the end is counted, but not in the rate", async () => {
  const held: (() => void)[] = [];
  const onWrite = (stream: FakeStream, data: Uint8Array) => {
    if (held.length > 0) return;
    held.push(() => stream.say(...data));
    setTimeout(held[0], 60);
  };
  const { result } = await loadOn({ onWrite });
  const { echoes, afterEnd, unanswered, times, failures } = result;
  assertEquals([echoes, afterEnd, unanswered.count], [0, 1, 0]);
  assertEquals([times.count, failures], [1, []]);
});

Deno.test("a connection that fails takes all its messages with it, and all are counted", async () => {
  let tries = 0;
  const { result, sent } = await loadOn(
    {
      // Half of a message comes back, two times the whole of what was sent.
      onWrite: (stream, data) => {
        if (++tries % 3 === 0) {
          queueMicrotask(() => {
            stream.say(...data.subarray(0, 4));
            stream.sink.onEnd();
          });
        } else setTimeout(() => stream.say(...data), 1);
      },
    },
    { pipeline: 4 },
    200,
  );
  const { echoes, afterEnd, lost, unanswered, unsent, failures } = result;
  const [{ kind, count }] = failures;
  assertEquals([kind, unsent], ["closed", 0]);
  // Each time, four were on their way.
  assertEquals(lost, 4 * count);
  assertEquals(echoes + afterEnd + lost + unanswered.count, sent);
});

Deno.test("a connection that is lost before the start is opened anew, and counted", async () => {
  const onWrite = (stream: FakeStream, data: Uint8Array) =>
    void setTimeout(() => stream.say(...data), 1);
  const end = (stream: FakeStream) => stream.sink.onEnd();
  const { result, server } = await loadOn(
    { onWrite },
    { connections: 2 },
    200,
    ({ streams }) => end(streams[0]),
  );
  assertEquals(server.streams.length, 3);
  assertEquals(result.failures.map(({ kind, count }) => [kind, count]), [
    ["closed", 1],
  ]);
});

/** What is unsent, if a hundred a second are due and the second one has to wait. */
async function unsentAt(endMs: number): Promise<number> {
  let nowMs = 0;
  const server = new FakeServer();
  const plan = planOf({ rate: 100, timeoutMs: 0 });
  const load = new Load(plan, server.runtime, () => nowMs);
  await load.connect();
  load.start();
  const until = async (length: number) => {
    while (server.last.written.length < length) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await until(8);
  nowMs = 9;
  server.last.echo();
  nowMs = 10;
  await until(16);
  nowMs = endMs;
  const stopping = load.stop();
  server.last.echo(8);
  return (await stopping).unsent;
}

Deno.test("a healthy server is not blamed for what was due at the very end", async () => {
  // The third is due at 20 ms, and a round trip takes 9 ms.
  assertEquals(await unsentAt(21), 0);
  assertEquals(await unsentAt(30), 0);
  assertEquals(await unsentAt(32), 1);
  assertEquals(await unsentAt(50), 2);
});

/** Fails a try to open a stream. */
function refuse(): never {
  throw Object.assign(new Error("x"), { code: "ECONNREFUSED" });
}

Deno.test("where nobody listens, it does not try again and again", async () => {
  let tries = 0;
  const onOpen = (count: number) => {
    tries = count;
    refuse();
  };
  const { result } = await loadOn({ onOpen }, { connections: 100_000 });
  assert(tries < 200, `${tries}`);
  const { open, failures } = result.opened;
  assertEquals([open, failures.map(({ count }) => count)], [0, [tries]]);
});

Deno.test("a server that lets nobody in any more is given up after the timeout", async () => {
  let nowMs = 0;
  const server = new FakeServer({
    onOpen: (count) => {
      nowMs += 10;
      if (count > 100) refuse();
    },
  });
  const plan = planOf({ connections: 100_000, timeoutMs: 1000 });
  const load = new Load(plan, server.runtime, () => nowMs);
  const { open, failures: [{ count }] } = await load.connect();
  assert(open === 100 && count >= 100 && count < 300, `${open} ${count}`);
  await load.stop();
});

Deno.test("what is stopped opens nothing more, and tells what there is", async () => {
  let tries = 0;
  const { runtime } = new FakeServer();
  const openStream: typeof runtime.openStream = (...args) =>
    ++tries % 2 === 0 ? runtime.openStream(...args) : new Promise(() => {});
  const plan = planOf({ connections: 128, timeoutMs: 0 });
  const load = new Load(plan, { ...runtime, openStream });
  const connecting = load.connect();
  await new Promise((resolve) => setTimeout(resolve, 0));
  await load.stop();
  // Every other try hangs, until nobody is left to try.
  assertEquals(await connecting, { open: 63, failures: [] });
  assertEquals(tries, 127);
});
