import type { Decision } from "../../src/faults/decisions.ts";
import type { ConnectRecord, ServerRecord } from "../../src/records.ts";
import { Member, type MemberEnd } from "../../src/workers/member.ts";
import { assert, assertEquals } from "../assert.ts";
import { soon } from "../server_process.ts";
import { disconnect, someStats } from "../status/fake_subject.ts";
import {
  FakeThread,
  NO_REPORT,
  smallLedger,
  startOf,
  turn,
} from "./fake_thread.ts";

const START = startOf(smallLedger());

/** A member that starts, with what it tells. */
function starting(thread = new FakeThread()) {
  const records: ServerRecord[] = [];
  const decisions: Decision[] = [];
  const made = new Member({
    spawn: () => thread,
    start: START,
    onRecord: (record) => records.push(record),
    onDecision: (decision) => decisions.push(decision),
  });
  const member = made.started.then(() => made);
  return { thread, member, records, decisions };
}

/** A member that listens. */
async function started() {
  const { member, ...rest } = starting();
  rest.thread.listen();
  return { ...rest, member: await member };
}

function endOf({ ended }: Member): Promise<MemberEnd> {
  return soon(ended, "the end of a member");
}

/** What a member that never started said of it. */
async function failureOf(fail: (thread: FakeThread) => void): Promise<string> {
  const { thread, member } = starting();
  thread.say({ notice: "ready" });
  fail(thread);
  const error = await member.then(() => "it has started", (error) => error);
  assert(thread.isTerminated, "the thread goes on");
  return error.message;
}

Deno.test("Member gives no order before the thread can hear it, and then what to start", async () => {
  const { thread, member } = starting();
  await turn();
  assertEquals(thread.orders, []);
  thread.say({ notice: "ready" });
  assertEquals(thread.orders, [{ order: "start", start: START }]);
  let isStarted = false;
  member.then(() => isStarted = true);
  await turn();
  assert(!isStarted, "it is not there before it listens");
  thread.say({ notice: "listening" });
  await soon(member, "the start of a member");
});

Deno.test("Member gives its orders in their order", async () => {
  const { thread, member } = await started();
  member.setFaults([{ kind: "mute" }]);
  member.refresh();
  member.shutdown(123);
  assertEquals(thread.orders.slice(1), [
    { order: "faults", faults: [{ kind: "mute" }] },
    { order: "report" },
    { order: "shutdown", timeoutMs: 123 },
  ]);
  thread.say({ notice: "finished" });
  await endOf(member);
});

Deno.test("Member says why a thread did not start, however that shows, and ends it", async () => {
  const failed = "Cannot listen on tcp://127.0.0.1:7: no";
  assertEquals(
    await failureOf((thread) =>
      thread.say({ notice: "failed", message: failed })
    ),
    failed,
  );
  assertEquals(
    await failureOf((thread) => thread.die("Uncaught no")),
    "Uncaught no",
  );
  // As Bun tells it.
  const shown =
    '1 | throw new Error("no")\n          ^\nerror: no\n  at x.ts:1:1\n';
  assertEquals(await failureOf((thread) => thread.die(shown)), "no");
  const mute = await failureOf((thread) => thread.die(""));
  assertEquals(mute, "it gives no reason");
  const left = await failureOf((thread) => thread.emit(new Event("close")));
  assertEquals(left, "its thread has ended");
});

Deno.test("Member keeps the error of a thread from the program, and tells it as one line", async () => {
  const { thread, member } = await started();
  const event = thread.die("Uncaught no\n    at x.ts:1:1");
  assert(event.defaultPrevented);
  assertEquals(await endOf(member), { failure: "Uncaught no" });
  assert(thread.isTerminated);
});

Deno.test("Member hears a thread out that has failed, since the error may come first", async () => {
  const { thread, member, records } = await started();
  thread.die("no");
  const told: ConnectRecord[] = [];
  for (let id = 1; id <= 5; id++) {
    await turn();
    told.push(thread.connect(id));
  }
  assertEquals(await endOf(member), { failure: "no" });
  assertEquals(records, told);
  // Who says that it has ended has no more to say.
  const { thread: other, member: ended } = await started();
  other.die("no");
  other.emit(new Event("close"));
  assert(other.isTerminated);
  assertEquals(await endOf(ended), { failure: "no" });
});

Deno.test("Member that has ended in order has not failed, whatever comes after that", async () => {
  const { thread, member } = await started();
  thread.say({ notice: "finished" });
  thread.die("no");
  thread.emit(new Event("close"));
  assertEquals(await endOf(member), {});
  assert(thread.isTerminated);
});

Deno.test("Member passes on what its server tells, and knows which connections are open", async () => {
  const { thread, member, records, decisions } = await started();
  const connects = [1, 2, 3].map((id) => thread.connect(id));
  const end = disconnect({ id: 2 });
  thread.say({ notice: "record", record: end });
  const decision = { conn: 1, fault: 0, kind: "mute", offset: null, value: 1 };
  thread.say({ notice: "decision", decision: decision as Decision });
  assertEquals(records, [...connects, end]);
  assertEquals(decisions, [decision as Decision]);
  assertEquals([...member.told.open.values()].map(({ record }) => record), [
    ...[connects[0], connects[2]],
  ]);
});

Deno.test("Member's refresh settles once the report is there, each time anew", async () => {
  const { thread, member } = await started();
  thread.report = undefined;
  for (const accepted of [1, 2]) {
    const seen: string[] = [];
    const refresh = member.refresh().then(() => seen.push("refreshed"));
    await turn();
    seen.push("report");
    const report = { ...NO_REPORT, stats: { ...someStats(), accepted } };
    thread.say({ notice: "report", report });
    await soon(refresh, "a refresh");
    assertEquals(seen, ["report", "refreshed"]);
    assertEquals(member.report, report);
  }
  assertEquals(thread.told, ["start", "report", "report"]);
});

Deno.test("Member's refresh waits for its own answer, not for an earlier one's", async () => {
  const { thread, member } = await started();
  thread.report = undefined;
  const seen: string[] = [];
  const first = member.refresh().then(() => seen.push("first"));
  const second = member.refresh().then(() => seen.push("second"));
  thread.say({ notice: "report", report: NO_REPORT });
  await soon(first, "the first refresh");
  await turn();
  assertEquals(seen, ["first"]);
  thread.say({ notice: "report", report: NO_REPORT });
  await soon(second, "the second refresh");
  assertEquals(seen, ["first", "second"]);
});

Deno.test("Member takes what its thread tells unasked, which is no answer", async () => {
  const { thread, member } = await started();
  thread.report = undefined;
  let isFresh = false;
  const refresh = member.refresh().then(() => isFresh = true);
  const stats = { ...someStats(), accepted: 7 };
  thread.say({ notice: "progress", report: { ...NO_REPORT, stats } });
  await turn();
  assertEquals([member.report?.stats.accepted, isFresh], [7, false]);
  thread.say({ notice: "report", report: NO_REPORT });
  await soon(refresh, "a refresh");
});

Deno.test("Member's refresh does not wait for a thread that is dead or says nothing", async () => {
  const { thread, member } = await started();
  await member.refresh();
  const { report } = member;
  thread.report = undefined;
  // It is a second that this one waits.
  await soon(member.refresh(), "a refresh without an answer");
  assertEquals(member.report, report);
  const refresh = member.refresh();
  thread.die("no");
  await soon(refresh, "a refresh of the dead");
});

Deno.test("Member ends a thread that does not close when it is told to", async () => {
  const { thread, member } = await started();
  member.close();
  assertEquals([thread.told.at(-1), thread.isTerminated], ["close", false]);
  // It has a second.
  await endOf(member);
  assert(thread.isTerminated);
});

Deno.test("Member leaves no timer behind when a thread closes as it is told to", async () => {
  const { thread, member } = await started();
  member.close();
  thread.say({ notice: "finished" });
  assertEquals(await endOf(member), {});
});
