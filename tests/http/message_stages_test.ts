import type { Fault } from "../../src/faults/types.ts";
import { type Message, MessageStages } from "../../src/http/message_stages.ts";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf, inTime, turn } from "../fake_conn.ts";
import {
  exchangeOf,
  hitsOf,
  messagePlanOf,
  requestOf,
  until,
} from "./fake_web.ts";

const MIB = 1024 * 1024;

/** The stages of a WebSocket, and what they send. */
function open(
  { faults = [], messageFaults = [] }: {
    readonly faults?: Fault[];
    readonly messageFaults?: Fault[];
  },
) {
  const sent: Message["data"][] = [];
  const plan = messagePlanOf(...messageFaults);
  let messages = 0;
  const opened = exchangeOf(requestOf("/"), {
    guest: { hits: hitsOf(...faults) },
    options: { messagePlan: () => plan, nextMessage: () => messages },
  });
  const { exchange, wire, session } = opened;
  const stages = new MessageStages(exchange, {
    send: ({ data }) => sent.push(data),
  });
  const pass = (data: string | Uint8Array<ArrayBuffer>) => {
    messages++;
    const bytes = typeof data === "string" ? bytesOf(data) : data;
    const offset = exchange.bytesIn;
    exchange.receive(bytes);
    stages.pass({ data, bytes, offset });
  };
  /** What was done to the wire, but for reading on. */
  const calls = () =>
    wire.calls.filter((call) => !/^(onRequest|pause)/.test(call));
  const pauses = () => wire.calls.filter((call) => call.startsWith("pause"));
  return { sent, stages, pass, calls, pauses, session, exchange };
}

Deno.test("a message that no fault hits is sent at once, as it is", () => {
  const { sent, stages, pass } = open({});
  const bytes = new Uint8Array([0, 255, 13]);
  for (const data of ["a", "", bytes, new Uint8Array()]) pass(data);
  assertEquals(sent, ["a", "", bytes, new Uint8Array()]);
  assert(sent[2] === bytes);
  assertEquals(stages.isPending, false);
});

Deno.test("drop and duplicate hit messages by number, text, bytes and empty ones", () => {
  const dropping = open({ messageFaults: [{ kind: "drop", every: 2 }] });
  for (const data of ["1", "2", "3", "4", "5"]) dropping.pass(data);
  assertEquals(dropping.sent, ["1", "3", "5"]);
  const doubling = open({
    messageFaults: [{ kind: "duplicate", conn: "2-3" }],
  });
  const bytes = new Uint8Array([1]);
  for (const data of ["1", bytes, "", "4"]) doubling.pass(data);
  assertEquals(doubling.sent, ["1", bytes, bytes, "", "", "4"]);
  const both = open({
    messageFaults: [{ kind: "duplicate" }, { kind: "drop", conn: 2 }],
  });
  for (const data of ["1", "2", "3"]) both.pass(data);
  assertEquals(both.sent, ["1", "1", "3", "3"]);
});

Deno.test("faults of messages may begin after so many bytes of the WebSocket", () => {
  const { sent, pass } = open({
    messageFaults: [{ kind: "drop", after: "4" }],
  });
  for (const data of ["abc", "de", "fg", ""]) pass(data);
  assertEquals(sent, ["abc", "de"]);
  const late = open({ messageFaults: [{ kind: "drop", after: "1h" }] });
  late.pass("a");
  assertEquals(late.sent, ["a"]);
});

Deno.test("latency keeps the order of messages, and the stages pend meanwhile", async () => {
  const { sent, stages, pass } = open({
    faults: [{ kind: "latency", ms: 20, jitter: 20 }],
  });
  const messages = Array.from({ length: 20 }, (_, at) => `${at}`);
  for (const data of messages) pass(data);
  assertEquals([sent.length < 20, stages.isPending], [true, true]);
  await until(() => sent.length === 20);
  assertEquals(sent, messages);
  assertEquals(stages.isPending, false);
});

Deno.test("a message is never split, nor an empty one lost", async () => {
  for (
    const fault of [
      { kind: "slicer", size: 1 },
      { kind: "bandwidth", rate: 1_000_000 },
      { kind: "latency", ms: 1 },
      { kind: "corrupt", rate: 0 },
    ] satisfies Fault[]
  ) {
    const { sent, pass } = open({ faults: [fault] });
    const bytes = new Uint8Array([0, 128, 255]);
    const messages = ["h\u00e9llo", "", bytes, new Uint8Array(), "x"];
    for (const data of messages) pass(data);
    await until(() => sent.length === messages.length);
    assertEquals(sent, messages, fault.kind);
  }
});

Deno.test("a message keeps its byte order mark", async () => {
  const { sent, pass } = open({ faults: [{ kind: "slicer", size: 2 }] });
  pass("\ufeffabc");
  await until(() => sent.length === 1);
  assertEquals(sent, ["\ufeffabc"]);
});

Deno.test("a message may be cut into more pieces than a call takes arguments", async () => {
  const { sent, pass } = open({ faults: [{ kind: "slicer", size: 1 }] });
  const data = "x".repeat(MIB);
  pass(data);
  await until(() => sent.length === 1);
  assert(sent[0] === data);
});

Deno.test("corrupt changes bytes, and keeps a text a text", () => {
  const { sent, pass } = open({ faults: [{ kind: "corrupt", rate: 1 }] });
  const zeros = new Uint8Array(8);
  for (const data of ["\u00e9".repeat(8), zeros]) pass(data);
  const [text, bytes] = sent;
  assert(typeof text === "string" && text !== "\u00e9".repeat(8));
  assert(bytes instanceof Uint8Array && bytes.length === 8);
  assert(bytes.every((byte) => Math.log2(byte) % 1 === 0), `${bytes}`);
  // What was received is not changed.
  assertEquals(zeros, new Uint8Array(8));
});

Deno.test("limit_data sends whole messages, and cuts instead of a part of one", async () => {
  const { sent, pass, calls } = open({
    faults: [{ kind: "limit_data", bytes: 5 }],
  });
  for (const data of ["abc", "def", "ghi"]) pass(data);
  assertEquals(sent, ["abc"]);
  await until(() => calls().length === 2);
  assertEquals(calls(), ["cut", "onFault"]);
});

Deno.test("limit_data sends the message that uses it up, then cuts", async () => {
  const { sent, pass, calls } = open({
    faults: [{ kind: "limit_data", bytes: 6 }],
  });
  for (const data of ["abc", "def", "", "g"]) pass(data);
  assertEquals(sent, ["abc", "def"]);
  await until(() => calls().length === 2);
  assertEquals(calls(), ["cut", "onFault"]);
});

Deno.test("reset_peer resets after its bytes, after its time, or at once", async () => {
  const later = open({ faults: [{ kind: "reset_peer", bytes: 3 }] });
  for (const data of ["abc", "d"]) later.pass(data);
  assertEquals([later.sent, later.calls()], [["abc"], ["onFault", "reset"]]);
  const atOnce = open({ faults: [{ kind: "reset_peer" }] });
  atOnce.pass("abc");
  assertEquals([atOnce.sent, atOnce.calls()], [[], ["onFault", "reset"]]);
  const timed = open({ faults: [{ kind: "reset_peer", ms: 1 }] });
  timed.pass("abc");
  await until(() => timed.calls().length === 2);
  assertEquals([timed.sent, timed.calls()], [["abc"], ["onFault", "abort"]]);
});

Deno.test("what waits for its time goes before the end that follows it", async () => {
  const { sent, pass, calls } = open({
    faults: [{ kind: "latency", ms: 20 }, { kind: "limit_data", bytes: 3 }],
  });
  pass("abc");
  await turn();
  assertEquals([sent, calls()], [[], []]);
  await until(() => calls().length === 2);
  assertEquals([sent, calls()], [["abc"], ["cut", "onFault"]]);
});

Deno.test("mute and timeout send nothing, and timeout cuts in the end", async () => {
  const muted = open({ faults: [{ kind: "mute" }] });
  const timed = open({ faults: [{ kind: "timeout", ms: 1 }] });
  for (const { pass } of [muted, timed]) {
    for (const data of ["a", "", "b"]) pass(data);
  }
  await until(() => timed.calls().length === 2);
  assertEquals([timed.sent, timed.calls()], [[], ["cut", "onFault"]]);
  assertEquals([muted.sent, muted.calls()], [[], []]);
});

Deno.test("never_read pauses the wire for good", () => {
  const { sent, pass, pauses } = open({
    faults: [{ kind: "never_read", after: 3 }],
  });
  pass("ab");
  assert(!pauses().includes("pause true"));
  pass("cd");
  pass("ef");
  assertEquals(sent, ["ab"]);
  assertEquals(pauses().at(-1), "pause true");
});

Deno.test("whenEmpty calls back at once, or when the last message has gone", async () => {
  const { sent, stages, pass } = open({
    faults: [{ kind: "latency", ms: 10 }],
  });
  const order: string[] = [];
  stages.whenEmpty(() => order.push("at once"));
  assertEquals(order, ["at once"]);
  pass("a");
  stages.whenEmpty(() => order.push(`after ${sent.join()}`));
  pass("b");
  assertEquals(order, ["at once"]);
  await until(() => order.length > 1);
  assertEquals(order, ["at once", "after a,b"]);
});

Deno.test("no more is read while much waits for its time, until it has gone", async () => {
  const { sent, stages, pass, pauses } = open({
    faults: [{ kind: "latency", ms: 50 }],
  });
  for (let i = 0; i < 7; i++) pass(new Uint8Array(MIB));
  assertEquals(pauses(), []);
  for (let i = 0; i < 2; i++) pass(new Uint8Array(MIB));
  assertEquals(pauses().at(-1), "pause true");
  await until(() => sent.length === 9);
  assertEquals(pauses().at(-1), "pause false");
  stages.stop();
});

Deno.test("messages without bytes are bounded by their number", () => {
  const { stages, pass, pauses } = open({
    faults: [{ kind: "latency", ms: 60_000 }],
  });
  for (let i = 0; i < 40_000 && pauses().length === 0; i++) pass("");
  assertEquals(pauses(), ["pause true"]);
  stages.stop();
});

Deno.test("stopping sends nothing more, and leaves no timer behind", async () => {
  const { sent, stages, pass, calls } = open({
    faults: [{ kind: "latency", ms: 1 }, { kind: "timeout", ms: 1, after: 1 }],
  });
  for (const data of ["a", "b"]) pass(data);
  stages.stop();
  pass("c");
  await inTime(new Promise((resolve) => setTimeout(resolve, 20)), "a while");
  assertEquals([sent, stages.isPending, calls()], [[], false, []]);
});
