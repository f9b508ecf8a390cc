import type { Fault } from "../../src/faults/types.ts";
import { answer } from "../../src/http/answer.ts";
import { BodyLostError, BodyTooLongError } from "../../src/http/body.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { bytesOf, inTime, textOf, turn } from "../fake_conn.ts";
import {
  exchangeOf,
  hitsOf,
  openBody,
  openSession,
  requestOf,
  until,
} from "./fake_web.ts";

const SLICER: Fault = { kind: "slicer", size: 2 };

/** Asks with a body that the test sends, on a connection with a fault. */
function ask(fault: Fault, { isMultiplexed = false, maxBody = 2 } = {}) {
  const opened = openSession({ hits: hitsOf(fault) });
  if (isMultiplexed) opened.session.look(bytesOf("PRI * HTTP/2.0\r\n"));
  const { body, writer, send } = openBody();
  const asked = exchangeOf(requestOf("/", { body }), {
    opened,
    options: { maxBody },
  });
  let isAnswered = false;
  const answering = Promise.resolve(answer(asked.exchange)).then((response) => {
    isAnswered = true;
    return response;
  });
  /** Breaks it off: what is sent is too much, or the client leaves. */
  const breakOff = (more?: string) => {
    if (more) send(more).catch(() => {});
    else writer.abort(new Error("left"));
  };
  return {
    ...asked,
    answering,
    writer,
    send,
    breakOff,
    done: () => isAnswered,
  };
}

/** What breaks an answer off, and what is told of it. */
const BREAKS = [
  {
    more: "abc",
    kind: BodyTooLongError,
    message: "The request's body is longer than the 2 bytes that are " +
      "taken here (--max-body)",
  },
  {
    more: undefined,
    kind: BodyLostError,
    message: "the request's body broke off",
  },
] as const;

/** Reads the first part of an answer, which is two bytes. */
async function begin({ send, answering }: ReturnType<typeof ask>) {
  send("ab");
  const reader = (await inTime(answering, "an answer")).body!.getReader();
  assertEquals(textOf((await reader.read()).value!), "ab");
  return reader;
}

Deno.test("an answer under faults that breaks off ends its connection on HTTP/1.1", async () => {
  for (const { more, message } of BREAKS) {
    const asked = ask(SLICER);
    const reader = await begin(asked);
    asked.breakOff(more);
    let isOver = false;
    const rest = reader.read().finally(() => isOver = true);
    await until(() => asked.finished.length === 1);
    for (let i = 0; i < 5; i++) await turn();
    // Neither an end, which would make it look whole, nor an error.
    assertEquals([isOver, asked.exchange.status], [false, 200]);
    assertEquals(asked.wire.calls, ["onRequest", `fail: ${message}`]);
    assertEquals(asked.exchange.bytesOut, 2);
    await reader.cancel();
    await rest;
  }
});

Deno.test("an answer under faults that breaks off fails alone on HTTP/2", async () => {
  for (const { more, kind, message } of BREAKS) {
    const asked = ask(SLICER, { isMultiplexed: true });
    const reader = await begin(asked);
    asked.breakOff(more);
    const read = () => inTime(reader.read(), "the failure");
    await assertRejects(read, kind, message);
    await until(() => asked.finished.length === 1);
    assertEquals(asked.wire.calls, ["onRequest"]);
  }
});

Deno.test("what breaks off before its answer has begun is not answered on HTTP/1.1", async () => {
  for (const { more, message } of BREAKS) {
    const { breakOff, finished, wire, session, answering, done } = ask(SLICER);
    breakOff(more);
    await until(() => finished.length === 1);
    for (let i = 0; i < 5; i++) await turn();
    assertEquals([done(), finished[0].status], [false, 0]);
    assertEquals(wire.calls, ["onRequest", `fail: ${message}`]);
    session.end();
    // The runtime keeps all of a request until it is answered.
    await inTime(answering, "an answer that nobody gets");
  }
});

Deno.test("what breaks off before its answer has begun fails alone on HTTP/2", async () => {
  for (const { more, kind, message } of BREAKS) {
    const { breakOff, finished, wire, answering } = ask(SLICER, {
      isMultiplexed: true,
    });
    breakOff(more);
    await until(() => finished.length === 1);
    assertEquals([finished[0].status, wire.calls], [0, ["onRequest"]]);
    // The connection goes on, so that nothing else would end the request.
    const read = async () => await (await answering).text();
    await assertRejects(() => inTime(read(), "the failure"), kind, message);
  }
});

Deno.test("an answer that a fault keeps from beginning settles with its connection", async () => {
  const faults: Fault[] = [
    { kind: "reset_peer" },
    { kind: "limit_data", bytes: 0 },
    { kind: "mute" },
    { kind: "timeout", ms: 1 },
  ];
  for (const fault of faults) {
    const { send, writer, finished, session, answering, done } = ask(fault);
    send("ab").catch(() => {});
    writer.close().catch(() => {});
    for (let i = 0; i < 10; i++) await turn();
    assertEquals(done(), false, fault.kind);
    session.end();
    await until(() => finished.length === 1);
    assertEquals(finished[0].status, 0, fault.kind);
    // The runtime keeps all of a request until it is answered.
    await inTime(answering, `an answer that nobody gets: ${fault.kind}`);
  }
});

Deno.test("a part that a fault has kept is missed when the server stops, or the client ends", async () => {
  for (const end of ["drain", "endOfClient"] as const) {
    const asked = ask({ kind: "mute", after: 2 }, { maxBody: 0 });
    const reader = await begin(asked);
    let isOver = false;
    const rest = reader.read().finally(() => isOver = true);
    await asked.send("cd");
    await asked.writer.close();
    for (let i = 0; i < 5; i++) await turn();
    assertEquals(asked.wire.calls, ["onRequest"]);
    asked.session[end]();
    await until(() => asked.wire.calls.includes("cut"));
    for (let i = 0; i < 5; i++) await turn();
    // The connection ends, the answer never does.
    assertEquals([isOver, asked.exchange.bytesOut], [false, 2]);
    await reader.cancel();
    await rest;
  }
});
