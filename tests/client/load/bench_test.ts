import {
  bench,
  type BenchOptions,
  share,
} from "../../../src/client/load/bench.ts";
import { HdrHistogram } from "../../../src/client/hdr_histogram.ts";
import { Load } from "../../../src/client/load/load.ts";
import type {
  LoadPart,
  LoadPlan,
  LoadReport,
  Opened,
} from "../../../src/client/load/plan.ts";
import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { FakeServer, type FakeServerOptions } from "../fake_streams.ts";
import { planOf } from "./playing.ts";

/** A part that does what it is told to. */
class FakePart implements LoadPart {
  echoes = 0;
  readonly broken: Promise<void>;
  readonly calls: string[] = [];
  #opened: Opened;
  #report: Partial<LoadReport>;

  constructor(
    opened: Opened,
    report: Partial<LoadReport> = {},
    broken: Promise<void> = new Promise(() => {}),
  ) {
    this.#opened = opened;
    this.#report = report;
    this.broken = broken;
  }

  connect(): Promise<Opened> {
    this.calls.push("connect");
    return Promise.resolve(this.#opened);
  }

  start(): void {
    this.calls.push("start");
  }

  stop(): Promise<LoadReport> {
    this.calls.push("stop");
    const nothing = { echoes: 0, durationMs: 0, failures: [], unsent: 0 };
    const times = new HdrHistogram().data;
    return Promise.resolve({ ...nothing, times, ...this.#report });
  }
}

function benchOf(parts: readonly FakePart[], own: Partial<BenchOptions> = {}) {
  const left = [...parts];
  return bench(planOf({ connections: parts.length }), {
    parts: parts.length,
    createPart: () => left.shift()!,
    durationMs: 1,
    signal: new AbortController().signal,
    onOpened: () => {},
    onProgress: () => {},
    ...own,
  });
}

const OPEN: Opened = { open: 1, failures: [] };

Deno.test("share gives each part its connections, and of the rate as much", () => {
  const plan = planOf({ connections: 10, rate: 1000 });
  const parts = share(plan, 3);
  const told = parts.map((
    { connections, firstConnection, rate },
  ) => [connections, firstConnection, rate]);
  assertEquals(told, [[4, 0, 400], [3, 4, 300], [3, 7, 300]]);
  assertEquals(share(planOf({ connections: 2 }), 5).length, 2);
  assertEquals(share(plan, 1), [plan]);
});

Deno.test("bench opens, starts and stops all parts, and adds up what they tell", async () => {
  const timesOf = (ms: number) => {
    const times = new HdrHistogram();
    times.record(ms);
    return times.data;
  };
  const refused = { kind: "refused", count: 2, message: "no" } as const;
  const reset = { kind: "reset", count: 1, message: "gone" } as const;
  const parts = [
    new FakePart({ open: 1, failures: [refused] }, {
      ...{ echoes: 3, durationMs: 10, times: timesOf(1) },
      ...{ failures: [reset], unsent: 4 },
    }),
    new FakePart({ open: 2, failures: [refused] }, {
      ...{ echoes: 5, durationMs: 11, times: timesOf(7) },
      ...{ failures: [reset, reset], unsent: 1 },
    }),
  ];
  const openings: Opened[] = [];
  const result = await benchOf(parts, {
    onOpened: (opened) => openings.push(opened),
  });
  for (const { calls } of parts) {
    assertEquals(calls, ["connect", "start", "stop"]);
  }
  const opened = { open: 3, failures: [{ ...refused, count: 4 }] };
  const { times, ...rest } = result;
  assertEquals([times.count, times.minMs, times.maxMs], [2, 1, 7]);
  assertEquals(rest, {
    ...{ echoes: 8, durationMs: 11, unsent: 5, wrong: undefined, opened },
    failures: [{ ...reset, count: 3 }],
  });
  assertEquals(openings, [opened]);
});

Deno.test("without a connection, nothing is sent", async () => {
  const refused = { kind: "refused", count: 1, message: "no" } as const;
  const part = new FakePart({ open: 0, failures: [refused] });
  const { opened, echoes } = await benchOf([part], { durationMs: 0 });
  assertEquals([opened.open, echoes], [0, 0]);
  assertEquals(part.calls, ["connect", "stop"]);
});

Deno.test("a server that is wrong, or a signal, ends all parts at once", async () => {
  const broken = Promise.withResolvers<void>();
  const parts = [
    new FakePart(OPEN),
    new FakePart(OPEN, { wrong: "byte" }, broken.promise),
  ];
  const ending = benchOf(parts, { durationMs: 0 });
  broken.resolve();
  assertEquals((await ending).wrong, "byte");
  assertEquals(parts.map(({ calls }) => calls.at(-1)), ["stop", "stop"]);

  const stop = new AbortController();
  const part = new FakePart(OPEN, { echoes: 9 });
  const stopped = benchOf([part], {
    durationMs: 0,
    signal: stop.signal,
    onOpened: () => queueMicrotask(() => stop.abort()),
  });
  assertEquals((await stopped).echoes, 9);
});

Deno.test("a part that fails is the failure of all", async () => {
  const broken = Promise.reject(new Error("A thread has failed"));
  const part = new FakePart(OPEN, {}, broken);
  await assertRejects(
    () => benchOf([part], { durationMs: 0 }),
    Error,
    "A thread has failed",
  );
});

/** Puts a load on a server that a test plays, for a moment. */
async function loadOn(options: FakeServerOptions, own: Partial<LoadPlan> = {}) {
  const server = new FakeServer(options);
  const result = await bench(planOf(own), {
    parts: 1,
    createPart: (plan) => new Load(plan, server.runtime),
    durationMs: 20,
    signal: new AbortController().signal,
    onOpened: () => {},
    onProgress: () => {},
  });
  return { server, result };
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
