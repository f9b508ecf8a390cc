import type { ConnectionView } from "../../src/echo_connection.ts";
import { sumStats } from "../../src/workers/sum.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { soon } from "../server_process.ts";
import { connection, disconnect, NO_STATS } from "../status/fake_subject.ts";
import { turn } from "./fake_thread.ts";
import { closePost, filled, firstAlone, postOf } from "./filling.ts";

const MUTE = [{ kind: "mute" }] as const;

function view(id: number, bytesIn = 0, bytesOut = 0): ConnectionView {
  return connection({ id, bytesIn, bytesOut });
}

Deno.test("a Post is filled once its worker listens and has told of itself", async () => {
  const { post, thread } = await filled();
  assertEquals([post.stats, post.views], [[NO_STATS], []]);
  thread.report = {
    stats: { ...NO_STATS, accepted: 3 },
    connections: [view(1), view(3)],
  };
  await post.refresh();
  assertEquals(post.stats, [{ ...NO_STATS, accepted: 3 }]);
  assertEquals(post.views.map(({ id }) => id), [1, 3]);
  await closePost(post, thread);
});

Deno.test("a Post whose first worker does not start says why, and does not try again", async () => {
  const { post, spawner } = postOf((thread) =>
    queueMicrotask(() => {
      thread.say({ notice: "ready" });
      thread.say({ notice: "failed", message: "no such address" });
    })
  );
  await assertRejects(() => post.fill(), Error, "no such address");
  assertEquals(spawner.threads.map((thread) => thread.isTerminated), [true]);
  post.close();
  await soon(post.over, "the end of a post");
});

Deno.test("a Post keeps the decisions of all its workers", async () => {
  const { post, spawner, decisions, thread } = await filled();
  const decision = (conn: number) => ({
    ...{ conn, fault: 0, kind: "mute" as const, offset: null, value: 1 },
  });
  thread.say({ notice: "decision", decision: decision(1) });
  thread.die("on purpose");
  const next = await spawner.thread(2);
  next.say({ notice: "decision", decision: decision(2) });
  assertEquals(decisions, [decision(1), decision(2)]);
  await turn();
  await closePost(post, next);
});

Deno.test("a Post replaces a worker that dies, and tells of each connection that is lost", async () => {
  const { post, ledger, spawner, records, thread } = await filled();
  for (const member of [0, 0, 1]) {
    ledger.sharedBy(member).admission(undefined).enter();
  }
  thread.connect(4);
  thread.connect(5);
  thread.report = {
    stats: {
      ...{ ...NO_STATS, open: 1, accepted: 1, bytesIn: 10, bytesOut: 8 },
      protocols: {
        ...NO_STATS.protocols,
        tcp: { open: 1, accepted: 1, bytesIn: 10, bytesOut: 8 },
      },
    },
    connections: [view(4, 10, 8)],
  };
  await post.refresh();
  records.length = 0;
  thread.die("Uncaught Error: on purpose");
  const next = await spawner.thread(2);
  await turn();

  const error = "Worker 1 has died: Uncaught Error: on purpose";
  const lost = { event: "disconnect", reason: "error", error } as const;
  assertEquals(
    records.map((record) =>
      "durationMs" in record ? { ...record, durationMs: 0 } : record
    ),
    [
      { event: "error", message: `${error}; its 2 connections are lost` },
      {
        ...{ ...lost, id: 4, peer: "192.0.2.1:4", durationMs: 0 },
        ...{ bytesIn: 10, bytesOut: 8 },
      },
      {
        ...{ ...lost, id: 5, peer: "192.0.2.1:5", durationMs: 0 },
        ...{ bytesIn: 0, bytesOut: 0 },
      },
    ],
  );
  assert(thread.isTerminated);
  assertEquals(post.views, []);
  // What it had counted is given back; what others have, is not.
  assertEquals(ledger.open, 1);
  const stats = sumStats(post.stats);
  assertEquals([stats.open, stats.bytesIn, stats.closed], [0, 10, {
    error: 2,
  }]);
  assertEquals(stats.protocols.tcp, {
    ...{ open: 0, accepted: 2, bytesIn: 10, bytesOut: 8 },
  });
  await closePost(post, next);
});

Deno.test("a Post counts what a dead worker has told of, reported or not", async () => {
  for (const hasReported of [true, false]) {
    const { post, spawner, thread } = await filled((thread) => {
      // Whoever is asked for the first report and says nothing has a second.
      if (!hasReported) thread.report = undefined;
      queueMicrotask(() => thread.listen());
    });
    // Nobody has asked for a report since these came.
    for (const id of [1, 2, 3]) thread.connect(id, "tls");
    thread.say({ notice: "record", record: disconnect({ id: 2 }) });
    thread.die("on purpose");
    const next = await spawner.thread(2);
    await turn();
    const { accepted, closed, protocols } = sumStats(post.stats);
    assertEquals([accepted, closed], [3, { eof: 1, error: 2 }]);
    assertEquals(protocols.tls, {
      ...{ open: 0, accepted: 3, bytesIn: 10, bytesOut: 6 },
    });
    await closePost(post, next);
  }
});

Deno.test("a Post adds up what its workers have done, dead or alive", async () => {
  const { post, spawner } = await filled();
  for (const nth of [1, 2, 3]) {
    const thread = await spawner.thread(nth);
    await turn();
    thread.report = {
      stats: { ...NO_STATS, accepted: 10 ** nth },
      connections: [],
    };
    await post.refresh();
    if (nth < 3) thread.die("on purpose");
  }
  assertEquals(sumStats(post.stats).accepted, 1110);
  await closePost(post, spawner.threads[2]);
});

Deno.test("a Post replaces the first at once, and who follows after a longer time each time", async () => {
  const { post, spawner } = await filled();
  const deaths: number[] = [];
  for (const nth of [1, 2, 3]) {
    const thread = await spawner.thread(nth);
    await turn();
    deaths.push(performance.now());
    thread.die("on purpose");
  }
  const last = await spawner.thread(4);
  await turn();
  const waits = deaths.map((at, nth) => spawner.times[nth + 1] - at);
  // A timer may fire a little early.
  assert(waits[1] > 95 && waits[2] > 195, `${waits}`);
  await closePost(post, last);
});

Deno.test("a Post goes on trying when a worker cannot be replaced, and says so", async () => {
  const { post, spawner, records } = await filled((thread, nth) =>
    queueMicrotask(() => {
      if (nth === 1 || nth === 4) return thread.listen();
      thread.say({ notice: "ready" });
      thread.say({ notice: "failed", message: `attempt ${nth}` });
    })
  );
  spawner.threads[0].die("on purpose");
  const last = await spawner.thread(4);
  await turn();
  assertEquals(
    records.map((record) => "message" in record ? record.message : record),
    [
      "Worker 1 has died: on purpose; its 0 connections are lost",
      "Cannot replace worker 1: attempt 2; trying again",
      "Cannot replace worker 1: attempt 3; trying again",
    ],
  );
  last.report = { stats: { ...NO_STATS, accepted: 1 }, connections: [] };
  await post.refresh();
  assertEquals(sumStats(post.stats).accepted, 1);
  await closePost(post, last);
});

Deno.test("a Post gives new faults to its worker, and to those who come after it", async () => {
  const { post, spawner, thread } = await filled();
  post.setFaults(MUTE);
  assertEquals(thread.orders.at(-1), { order: "faults", faults: MUTE });
  thread.die("on purpose");
  const next = await spawner.thread(2);
  await turn();
  const [start] = next.orders;
  assert(start.order === "start");
  assertEquals(start.start.options.faults, MUTE);
  await closePost(post, next);
});

Deno.test("a Post gives new faults to a worker that is just starting", async () => {
  const { post, spawner, thread } = await filled(firstAlone);
  thread.die("on purpose");
  const next = await spawner.thread(2);
  next.say({ notice: "ready" });
  post.setFaults(MUTE);
  next.say({ notice: "listening" });
  await turn();
  assertEquals(next.orders.filter(({ order }) => order === "faults"), [
    { order: "faults", faults: MUTE },
  ]);
  await closePost(post, next);
});
