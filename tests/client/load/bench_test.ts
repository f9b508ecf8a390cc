import {
  bench,
  type BenchOptions,
  share,
} from "../../../src/client/load/bench.ts";
import type {
  LoadPart,
  LoadReport,
  Opened,
} from "../../../src/client/load/plan.ts";
import { assertEquals, assertRejects } from "../../assert.ts";
import { planOf, reportOf, timesOf } from "./playing.ts";

/** A part that does what it is told to. */
class FakePart implements LoadPart {
  open = 0;
  echoes = 0;
  started = Promise.resolve();
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
    return Promise.resolve(reportOf(this.#report));
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
  const refused = { kind: "refused", count: 2, message: "no" } as const;
  const reset = { kind: "reset", count: 1, message: "gone" } as const;
  const parts = [
    new FakePart({ open: 1, failures: [refused] }, {
      ...{ echoes: 3, durationMs: 10, times: timesOf(1) },
      ...{ failures: [reset], unsent: 4, lost: 1, afterEnd: 2 },
      ...{ waits: timesOf(9), unanswered: { count: 1, oldestMs: 9 } },
    }),
    new FakePart({ open: 2, failures: [refused] }, {
      ...{ echoes: 5, durationMs: 11, times: timesOf(7) },
      ...{ failures: [reset, reset], unsent: 1, lost: 2, late: 3 },
      ...{ duplicates: 4, unanswered: { count: 2, oldestMs: 8 } },
    }),
  ];
  const openings: Opened[] = [];
  const result = await benchOf(parts, {
    onOpened: (opened) => void openings.push(opened),
  });
  for (const { calls } of parts) {
    assertEquals(calls, ["connect", "start", "stop"]);
  }
  const opened = { open: 3, failures: [{ ...refused, count: 4 }] };
  const { times, ...rest } = result;
  // What waits in the end has waited so long at least.
  assertEquals([times.count, times.minMs, times.maxMs], [3, 1, 9]);
  assertEquals(rest, {
    ...{ echoes: 8, durationMs: 11, unsent: 5, wrong: undefined, opened },
    ...{ afterEnd: 2, lost: 3, late: 3, duplicates: 4 },
    unanswered: { count: 3, oldestMs: 9 },
    failures: [{ ...reset, count: 3 }],
  });
  assertEquals(openings, [opened]);
});

Deno.test("parts that do not start in time are counted, and all are ended", async () => {
  const parts = [1, 2, 3].map(() => new FakePart(OPEN));
  for (const part of parts.slice(1)) part.started = new Promise(() => {});
  const { failures } = await benchOf(parts, { startLimitMs: 30 });
  assertEquals(failures, [{
    ...{ kind: "thread", count: 2 },
    message: "not started within 0.03 s: use fewer threads",
  }]);
  assertEquals(parts.map(({ calls }) => calls), [["stop"], ["stop"], ["stop"]]);
});

Deno.test("what was opened until it is stopped is told, with what failed", async () => {
  const stop = new AbortController();
  const refused = { kind: "refused", count: 1, message: "no" } as const;
  const part = new FakePart(OPEN);
  const opened = Promise.withResolvers<Opened>();
  part.connect = () => {
    queueMicrotask(() => stop.abort());
    return opened.promise;
  };
  part.stop = () => {
    opened.resolve({ open: 2, failures: [refused] });
    return Promise.resolve(reportOf());
  };
  const openings: Opened[] = [];
  const result = await benchOf([part], {
    signal: stop.signal,
    onOpened: (opened) => void openings.push(opened),
  });
  assertEquals(result.opened, { open: 2, failures: [refused] });
  assertEquals(openings, [result.opened]);
  assertEquals(part.calls, []);
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

Deno.test("of two parts that find a wrong byte, the first alone is told of", async () => {
  const failures = [{ kind: "wrong-bytes", count: 1, message: "x" }] as const;
  const broken = Promise.withResolvers<void>();
  const parts = [
    new FakePart(OPEN, { wrong: "second", failures }),
    new FakePart(OPEN, { wrong: "first", failures }, broken.promise),
  ];
  broken.resolve();
  const result = await benchOf(parts, { durationMs: 0 });
  assertEquals([result.wrong, result.failures], ["first", failures]);
});

const THREAD = { kind: "thread", count: 1, message: "it is gone" } as const;

for (const when of ["while it opens", "while it plays", "when it stops"]) {
  Deno.test(`a part that fails ${when} ends the others, whose results are kept`, async () => {
    const gone = Promise.reject(new Error("it is gone"));
    gone.catch(() => {});
    const broken = Promise.withResolvers<void>();
    const failing = new FakePart(OPEN, {}, broken.promise);
    if (when === "while it plays") failing.start = () => broken.resolve(gone);
    if (when === "while it opens") failing.connect = () => gone;
    failing.stop = () => {
      failing.calls.push("stop");
      return gone;
    };
    const other = new FakePart(OPEN, { echoes: 5, times: timesOf(1) });
    const durationMs = when === "when it stops" ? 1 : 0;
    const result = await benchOf([failing, other], { durationMs });
    assertEquals([result.echoes, result.failures], [5, [THREAD]]);
    assertEquals(failing.calls.at(-1), "stop");
    assertEquals(other.calls.at(-1), "stop");
  });
}

Deno.test("if a part cannot be made, those that were made are ended", async () => {
  const part = new FakePart(OPEN);
  const left = [part];
  const createPart = () => {
    const next = left.shift();
    if (!next) throw new Error("no thread");
    return next;
  };
  const other = new FakePart(OPEN);
  await assertRejects(
    () => benchOf([part, other], { createPart }),
    Error,
    "no thread",
  );
  assertEquals(part.calls, ["stop"]);
});

Deno.test("what has waited no longer than usual is no failure, what has is one", async () => {
  const fast = Array.from({ length: 200 }, () => 1);
  const cases = [
    { answered: [2000], oldestMs: 3900, failed: 0 },
    { answered: [2000], oldestMs: 4100, failed: 1 },
    // One other took as long.
    { answered: [...fast, 2000], oldestMs: 1900, failed: 0 },
    { answered: [...fast, 2000], oldestMs: 2100, failed: 1 },
  ];
  for (const { answered, oldestMs, failed } of cases) {
    const part = new FakePart(OPEN, {
      ...{ echoes: 1, times: timesOf(...answered) },
      ...{ waits: timesOf(oldestMs), unanswered: { count: 1, oldestMs } },
    });
    const { failures } = await benchOf([part]);
    assertEquals(failures.length, failed, `${oldestMs}`);
  }
});

Deno.test("a load without an echo fails, and says so", async () => {
  const { failures } = await benchOf([new FakePart(OPEN)]);
  assertEquals(failures, [
    { kind: "unanswered", count: 1, message: "no echo came back" },
  ]);
});
