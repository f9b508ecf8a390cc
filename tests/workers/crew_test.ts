import type { Runtime } from "../../src/host.ts";
import { parseListenUrl } from "../../src/listen_url.ts";
import type { Addr, Listener, NetAddr } from "../../src/net.ts";
import type { ServerRecord } from "../../src/records.ts";
import type { ServerOptions } from "../../src/server_options.ts";
import { Crew } from "../../src/workers/crew.ts";
import { OptionError } from "../../src/errors.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
} from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";
import { soon } from "../server_process.ts";
import { connection, NO_STATS } from "../status/fake_subject.ts";
import { type FakeThread, Spawner, turn } from "./fake_thread.ts";

/** A runtime whose listeners accept nobody, and have ports of their own. */
function listeningRuntime(overrides: Partial<Runtime> = {}) {
  const open = new Set<Addr>();
  let port = 7000;
  const runtime = fakeRuntime({
    listen: (addr) => {
      const bound = addr.transport === "unix"
        ? addr
        : { ...addr, port: (addr as NetAddr).port || ++port };
      open.add(bound);
      const closed = Promise.withResolvers<null>();
      const listener: Listener = {
        addr: bound,
        accept: () => closed.promise,
        close: () => {
          open.delete(bound);
          closed.resolve(null);
        },
      };
      return Promise.resolve(listener);
    },
    ...overrides,
  });
  return { runtime, open };
}

type Prepare = (thread: FakeThread, nth: number) => void;

const STARTS: Prepare = (thread) => queueMicrotask(() => thread.listen());

/** Two workers that echo what these URLs ask for. */
function crewOf(
  urls: readonly string[],
  options: Partial<ServerOptions> = {},
  prepare = STARTS,
) {
  const { runtime, open } = listeningRuntime();
  const records: ServerRecord[] = [];
  const spawner = new Spawner((thread) =>
    prepare(thread, spawner.threads.length + 1)
  );
  const crew = Crew.start(runtime, {
    ...{ ...options, listen: urls.map(parseListenUrl) },
    onRecord: (record) => records.push(record),
  }, { workers: 2, spawn: spawner.spawn, chance: { seed: 7 } });
  return { crew, records, spawner, open };
}

async function started(
  urls: readonly string[] = ["tcp://127.0.0.1:0"],
  options?: Partial<ServerOptions>,
) {
  const { crew, ...rest } = crewOf(urls, options);
  return { ...rest, crew: await soon(crew, "a crew") };
}

/** Closes a crew whose workers obey. */
async function close(crew: Crew, { threads }: Spawner): Promise<void> {
  const over = crew.close();
  for (const thread of threads) thread.say({ notice: "finished" });
  await soon(over, "the end of a crew");
}

/** What each thread was told to start. */
function starts({ threads }: Spawner) {
  return threads.map(({ orders: [first] }) => {
    assert(first.order === "start");
    return first.start;
  });
}

Deno.test("a Crew finds its ports alone, and then each worker listens on them", async () => {
  const urls = ["tcp://127.0.0.1:0", "tls://127.0.0.1:9", "http://[::1]:0"];
  const { crew, spawner, records, open } = await started(urls);
  const real = ["tcp://127.0.0.1:7001", "tls://127.0.0.1:9"];
  assertEquals(crew.urls, [...real, "http://[::1]:7002"]);
  // Somebody who stays on a port would be in the way.
  assertEquals(open.size, 0);
  for (const { options } of starts(spawner)) {
    assertEquals(options.listen, crew.addrs);
  }
  assertEquals(starts(spawner).map(({ member }) => member), [0, 1]);
  assertEquals(
    records.map((record) => record.event === "listening" && record.url),
    [...crew.urls],
  );
  await close(crew, spawner);
});

Deno.test("a Crew listens by itself where threads cannot share, and tells of listeners as they were asked for", async () => {
  const urls = ["unix:/tmp/echod-a.sock", "tcp://127.0.0.1:9", "tcp://[::1]:9"];
  const { crew, spawner, records, open } = await started(urls);
  assertEquals([...open].map(({ transport }) => transport), ["unix"]);
  for (const { options } of starts(spawner)) {
    assertEquals(options.listen.length, 2);
  }
  await close(crew, spawner);
  assertEquals(open.size, 0);
  assertEquals(
    records.flatMap((it) => it.event === "listening" ? [it.url] : []),
    urls,
  );
  assertEquals(crew.urls, urls);
});

Deno.test("a Crew needs something to share, and a runtime that can share it", async () => {
  await assertRejects(
    () => crewOf(["unix:/tmp/echod-a.sock"]).crew,
    OptionError,
    "expected a listener for tcp://",
  );
  const { runtime } = listeningRuntime({
    capabilities: { ...fakeRuntime().capabilities, sharesPorts: false },
  });
  const spawner = new Spawner();
  const options = { listen: [parseListenUrl("tcp://127.0.0.1:0")] };
  const crew = { workers: 2, spawn: spawner.spawn, chance: { seed: 7 } };
  await assertRejects(
    () => Crew.start(runtime, options, crew),
    OptionError,
    "fake 1.0.0 can share a port on Linux alone",
  );
  assertEquals(spawner.threads, []);
});

Deno.test("a Crew of which one worker cannot start leaves none behind", async () => {
  const { crew, spawner, open } = crewOf(
    ["tcp://127.0.0.1:0", "unix:/tmp/echod-a.sock"],
    {},
    (thread, nth) =>
      queueMicrotask(() => {
        thread.say({ notice: "ready" });
        if (nth === 2) thread.say({ notice: "failed", message: "no" });
      }),
  );
  let isOver = false;
  const over = crew.catch(() => {}).then(() => isOver = true);
  const slow = await spawner.thread(1);
  const failed = await spawner.thread(2);
  // The other one is not even there when it is over.
  slow.say({ notice: "listening" });
  await turn();
  const isStopped = slow.told.includes("close");
  assertEquals([failed.isTerminated, isStopped, open.size], [true, true, 0]);
  // Whoever would try again would find its port taken.
  assert(!isOver, "the crew is over before its workers are");
  slow.say({ notice: "finished" });
  await soon(over, "the end of a crew");
  await assertRejects(() => crew, Error, "no");
});

Deno.test("a Crew whose free port is another's by now tries again, once those who had it are gone", async () => {
  const isGone: boolean[] = [];
  const message =
    "Cannot listen on tcp://127.0.0.1:7001: the address is in use";
  const { crew, spawner } = crewOf(
    ["tcp://127.0.0.1:0"],
    {},
    (thread, nth) => {
      if (nth > 2) isGone.push(spawner.threads[0].isTerminated);
      queueMicrotask(() => {
        if (nth !== 2) return thread.listen();
        thread.say({ notice: "ready" });
        thread.say({ notice: "failed", message });
      });
    },
  );
  const slow = await spawner.thread(1);
  await turn();
  assertEquals([slow.told.at(-1), spawner.threads.length], ["close", 2]);
  slow.say({ notice: "finished" });
  const running = await soon(crew, "a crew");
  assertEquals(isGone, [true, true]);
  assertEquals(running.urls, ["tcp://127.0.0.1:7002"]);
  await close(running, spawner);
});

Deno.test("a Crew sums up what its workers have done when it is asked to refresh", async () => {
  const { crew, spawner } = await started();
  spawner.threads.forEach((thread, at) => {
    thread.report = {
      stats: { ...NO_STATS, accepted: at + 1, open: 1 },
      connections: [connection({ id: at + 1 })],
    };
  });
  assertEquals([crew.stats.accepted, crew.connections.size], [0, 0]);
  await soon(crew.refresh(), "a refresh");
  assertEquals([crew.stats.accepted, crew.stats.open], [3, 2]);
  assertEquals([...crew.connections].map(({ id }) => id), [1, 2]);
  await close(crew, spawner);
});

Deno.test("a Crew gives new faults to every worker and tells it once", async () => {
  const { crew, spawner, records } = await started();
  crew.setFaults([{ kind: "limit_data", bytes: 3 }]);
  const expected = [{ kind: "limit_data" as const, bytes: 3 }];
  assertEquals(crew.faults, expected);
  for (const { orders } of spawner.threads) {
    assertEquals(orders.at(-1), { order: "faults", faults: expected });
  }
  assertEquals(records.filter(({ event }) => event === "faults"), [
    { event: "faults", faults: "limit_data:bytes=3", seed: 7 },
  ]);
  assertThrows(() => crew.setFaults([{ kind: "reorder" }]), OptionError);
  assertEquals(crew.faults, expected);
  await close(crew, spawner);
});

Deno.test("a Crew shuts all down once, and is over when the last of them is", async () => {
  const { crew, spawner, records } = await started();
  const [one, two] = spawner.threads;
  for (const { ledger, member } of starts(spawner)) {
    assertEquals(ledger.members, 3);
    assert(member < 2);
  }
  assertEquals(crew.state, "running");
  let isOver = false;
  const over = crew.shutdown({ timeoutMs: 5000 }).then(() => isOver = true);
  assertEquals(crew.state, "draining");
  const again = crew.shutdown({ timeoutMs: 5000 });
  one.say({ notice: "finished" });
  await turn();
  assert(!isOver, "it is over before all are");
  two.say({ notice: "finished" });
  await soon(Promise.all([over, again]), "the end of a crew");
  for (const { told } of spawner.threads) {
    assertEquals(told.filter((order) => order === "shutdown").length, 1);
  }
  assertEquals(records.filter(({ event }) => event === "shutdown"), [
    { event: "shutdown", connections: 0, timeoutMs: 5000 },
  ]);
});

Deno.test("a Crew ends workers that are not done when the time to shut down is up", async () => {
  const { crew, spawner } = await started();
  await soon(crew.shutdown({ timeoutMs: 10 }), "the end of a crew");
  for (const { told, isTerminated } of spawner.threads) {
    assertEquals([told.slice(-2), isTerminated], [
      ...[["shutdown", "close"], true],
    ]);
  }
});
