import { HdrHistogram } from "../../../src/client/hdr_histogram.ts";
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
import { planOf } from "./playing.ts";

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

const REPORT: LoadReport = {
  ...{ echoes: 7, durationMs: 5, failures: [], unsent: 0 },
  times: new HdrHistogram().data,
};

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
  thread.say({ load: "echoes", echoes: 3 });
  assertEquals(part.echoes, 3);
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
  await assertRejects(() => opening, Error, "A thread has failed: oops");
  await assertRejects(() => part.broken, Error, "A thread has failed: oops");
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
  const { echoes, times } = await told.promise;
  assert(echoes > 0, `${echoes}`);
  assertEquals(times.counts.reduce((sum, count) => sum + count), echoes);
});
