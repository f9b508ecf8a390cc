import type { LoadReport } from "../../../src/client/load/plan.ts";
import {
  type LoadNotice,
  type LoadOrder,
  type LoadScope,
  playOrders,
  ThreadPart,
} from "../../../src/client/load/thread.ts";
import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { FakeServer } from "../fake_streams.ts";
import { planOf, reportOf } from "./playing.ts";

/** A thread that says what it is told to. */
class FakeThread extends EventTarget {
  readonly orders: (LoadOrder["load"])[] = [];
  isTerminated = false;

  postMessage({ load }: LoadOrder): void {
    this.orders.push(load);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  say(data: LoadNotice): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

const REPORT = reportOf({ echoes: 7, durationMs: 5 });

Deno.test("a thread is told nothing before it listens", async () => {
  const thread = new FakeThread();
  const part = new ThreadPart(thread, planOf());
  const opening = part.connect();
  assertEquals(thread.orders, []);
  thread.say({ notice: "ready" });
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(thread.orders, ["connect"]);
  const opened = { open: 1, failures: [] };
  thread.say({ load: "opened", opened });
  assertEquals(await opening, opened);
  part.start();
  thread.say({ load: "progress", open: 1, echoes: 3 });
  assertEquals([part.open, part.echoes], [1, 3]);
  thread.say({ load: "broken" });
  await part.broken;
  const stopping = part.stop();
  assertEquals(thread.isTerminated, false);
  thread.say({ load: "report", report: REPORT });
  assertEquals(await stopping, REPORT);
  assert(thread.isTerminated);
  assertEquals(thread.orders, ["connect", "start", "stop"]);
});

Deno.test("a thread that has not begun is ended without a report", async () => {
  const thread = new FakeThread();
  const { echoes, durationMs } = await new ThreadPart(thread, planOf()).stop();
  assertEquals([echoes, durationMs, thread.isTerminated], [0, 0, true]);
});

Deno.test("a thread that dies is the failure of its part", async () => {
  const thread = new FakeThread();
  const part = new ThreadPart(thread, planOf());
  const opening = part.connect();
  const event = new ErrorEvent("error", { message: "oops", cancelable: true });
  thread.dispatchEvent(event);
  // Otherwise it would be the end of the whole program.
  assert(event.defaultPrevented);
  await assertRejects(() => opening, Error, "a thread has failed: oops");
  await assertRejects(() => part.broken, Error, "a thread has failed: oops");
});

Deno.test("a thread that ends by itself is the failure of its part", async () => {
  const thread = new FakeThread();
  const part = new ThreadPart(thread, planOf());
  thread.dispatchEvent(new Event("close"));
  await assertRejects(() => part.broken, Error, "a thread has ended by itself");
});

Deno.test("a thread that does not answer is ended, and the failure of its part", async () => {
  const thread = new FakeThread();
  const part = new ThreadPart(thread, planOf(), 1);
  thread.say({ notice: "ready" });
  part.connect().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 0));
  await assertRejects(() => part.stop(), Error, "a thread does not answer");
  assert(thread.isTerminated);
});

Deno.test("in a thread, orders are played, and those of others ignored", async () => {
  const server = new FakeServer({
    onWrite: (stream, data) => setTimeout(() => stream.say(...data), 0),
  });
  const told = Promise.withResolvers<LoadReport>();
  let give = (_: Partial<LoadOrder>) => {};
  const scope: LoadScope = {
    postMessage: (notice) => {
      if (notice.load === "opened") {
        assertEquals(notice.opened.open, 2);
        give({ load: "start" });
        setTimeout(() => give({ load: "stop" }), 10);
      }
      if (notice.load === "report") told.resolve(notice.report);
    },
    addEventListener: (_type, listener) => {
      give = (data) => listener(new MessageEvent("message", { data }));
    },
  };
  playOrders(server.runtime, scope);
  give({});
  give({ load: "connect", plan: planOf({ connections: 2 }) });
  const { echoes, afterEnd, times } = await told.promise;
  assert(echoes > 0, `${echoes}`);
  const counted = times.counts.reduce((sum, count) => sum + count);
  assertEquals(counted, echoes + afterEnd);
});
