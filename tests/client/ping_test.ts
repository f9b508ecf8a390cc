import {
  ping,
  type PingEvent,
  type PingOptions,
} from "../../src/client/ping.ts";
import { parseTarget } from "../../src/client/target.ts";
import { assert, assertEquals } from "../assert.ts";
import {
  FakeServer,
  type FakeServerOptions,
  type FakeStream,
} from "./fake_streams.ts";

const TARGET = parseTarget("tcp://127.0.0.1:7");

/** Pings a server that a test plays. */
async function pingOf(
  server: FakeServerOptions,
  options: Partial<PingOptions> = {},
) {
  const { runtime, streams } = new FakeServer(server);
  const events: PingEvent[] = [];
  const summary = await ping(TARGET, {
    ...{ runtime, count: 3, intervalMs: 0, size: 8, timeoutMs: 0 },
    signal: new AbortController().signal,
    tell: (event) => events.push(event),
    ...options,
  });
  const told = events.map(({ event, ...rest }) =>
    [event, "seq" in rest ? rest.seq : 0, "kind" in rest ? rest.kind : ""]
      .filter(Boolean).join(" ")
  );
  return { summary, events, told, streams };
}

/** Answers at once, as an echo does. */
const echo = (stream: FakeStream, data: Uint8Array) =>
  queueMicrotask(() => stream.say(...data));

Deno.test("all that comes back is counted and timed, over one connection", async () => {
  const { summary, events, told, streams } = await pingOf({ onWrite: echo });
  assertEquals(told, ["reply 1", "reply 2", "reply 3"]);
  assertEquals(streams.length, 1);
  const { sent, received, isIntact, times } = summary;
  assertEquals([sent, received, isIntact], [3, 3, true]);
  const timesMs = events.map((event) =>
    event.event === "reply" ? event.timeMs : NaN
  );
  assertEquals(times.maxMs, Math.max(...timesMs));
  assertEquals(times.minMs, Math.min(...timesMs));
  const sum = timesMs.reduce((sum, ms) => sum + ms);
  assert(Math.abs(times.meanMs - sum / 3) < 1e-9);
  assert(streams[0].isClosed);
});

Deno.test("a connection that fails is opened anew for the next message", async () => {
  const seen = new Set<FakeStream>();
  const { summary, told, streams } = await pingOf({
    onWrite: (stream, data) => {
      seen.add(stream);
      if (seen.size === 1) queueMicrotask(() => stream.sink.onEnd());
      else echo(stream, data);
    },
  });
  assertEquals(told, ["failure 1 closed", "reply 2", "reply 3"]);
  assertEquals([summary.sent, summary.received], [3, 2]);
  assertEquals(summary.isIntact, false);
  assertEquals(streams.length, 2);
});

Deno.test("a connection that is lost between two messages says why", async () => {
  const { summary, told } = await pingOf({
    onWrite: (stream, data) => {
      echo(stream, data);
      queueMicrotask(() => stream.sink.onEnd());
    },
  }, { count: 2 });
  assertEquals(told, ["reply 1", "lost closed", "reply 2", "lost closed"]);
  // All that was sent has come back.
  assertEquals(summary.isIntact, true);
});

Deno.test("a server that says too much is not intact, even after the last answer", async () => {
  const { summary, told } = await pingOf({
    onWrite: (stream, data) => {
      echo(stream, data);
      queueMicrotask(() => stream.say(0));
    },
  }, { count: 1 });
  assertEquals(told, ["reply 1", "lost too-many-bytes"]);
  assertEquals([summary.received, summary.isIntact], [1, false]);
});

Deno.test("a server that cannot be reached is asked each time", async () => {
  const { summary, told } = await pingOf({
    onOpen: (tries) => {
      if (tries === 2) return;
      throw Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    },
    onWrite: echo,
  }, { count: 2 });
  assertEquals(told, ["failure 1 refused", "reply 2"]);
  assertEquals(summary.isIntact, false);
});

Deno.test("a message without an answer fails after its time", async () => {
  const { summary, told } = await pingOf({}, { count: 2, timeoutMs: 1 });
  assertEquals(told, ["failure 1 timeout", "failure 2 timeout"]);
  assertEquals([summary.sent, summary.received], [2, 0]);
});

Deno.test("without a count, it goes on until it is stopped, and waits no interval", async () => {
  const stop = new AbortController();
  const { summary } = await pingOf({
    onWrite: (stream, data) => {
      echo(stream, data);
      setTimeout(() => stop.abort(), 1);
    },
  }, { count: undefined, intervalMs: 1e6, signal: stop.signal });
  assertEquals([summary.sent, summary.received], [1, 1]);
  assertEquals(summary.isIntact, true);
});

Deno.test("what is on its way when it is stopped still may come back, for a moment", async () => {
  const stop = new AbortController();
  const late = await pingOf({
    onWrite: (stream, data) => {
      stop.abort();
      setTimeout(() => stream.say(...data), 1);
    },
  }, { signal: stop.signal });
  assertEquals([late.summary.sent, late.summary.isIntact], [1, true]);

  const again = new AbortController();
  const never = await pingOf({ onWrite: () => again.abort() }, {
    signal: again.signal,
  });
  assertEquals(never.told, ["failure 1 timeout"]);
  assertEquals(never.summary.isIntact, false);
});

Deno.test("nothing sent is nothing intact", async () => {
  const stop = new AbortController();
  stop.abort();
  const { summary } = await pingOf({}, { signal: stop.signal });
  assertEquals([summary.sent, summary.isIntact], [0, false]);
});
