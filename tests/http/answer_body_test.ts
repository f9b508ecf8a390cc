import { answer } from "../../src/http/answer.ts";
import { BodyLostError, BodyTooLongError } from "../../src/http/body.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { bytesOf, inTime, textOf, turn } from "../fake_conn.ts";
import {
  type Asking,
  exchangeOf,
  type ExchangeSetup,
  openBody,
  openSession,
  requestOf,
} from "./fake_web.ts";

/** Asks with a body that the test sends, and reads the answer bit by bit. */
function ask(path = "/", asking: Asking = {}, setup?: ExchangeSetup) {
  const upload = openBody();
  const request = requestOf(path, { body: upload.body, ...asking });
  const asked = exchangeOf(request, setup);
  const answering = Promise.resolve(answer(asked.exchange));
  const open = async () => {
    const response = await inTime(answering, "the answer");
    const reader = response.body!.getReader();
    const read = async () => {
      const { value } = await inTime(reader.read(), "a part of the answer");
      return value && textOf(value);
    };
    return { response, reader, read };
  };
  return { ...asked, ...upload, answering, open };
}

Deno.test("what comes back starts before the upload ends", async () => {
  const { exchange, finished, writer, send, open, session } = ask();
  const { response, read } = await open();
  assertEquals(response.headers.get("content-length"), null);
  for (const part of ["abc", "de"]) {
    send(part);
    assertEquals(await read(), part);
  }
  assertEquals([exchange.bytesIn, exchange.bytesOut], [5, 5]);
  assertEquals([finished.length, session.isOwing], [0, false]);
  writer.close();
  assertEquals(await read(), undefined);
  assertEquals(finished.length, 1);
});

Deno.test("a body that says its length comes back with it, as a whole or in parts", async () => {
  const whole = ask("/", { headers: { "content-length": "3" } });
  whole.send("abc");
  whole.writer.close();
  const { response } = await whole.open();
  assertEquals(response.headers.get("content-length"), "3");
  await turn();
  // It is given as a whole, so that nobody has to read it to its end.
  assertEquals([whole.finished.length, whole.exchange.isComplete], [1, true]);

  const parts = ask("/", { headers: { "content-length": "5" } });
  parts.send("abc");
  const opened = await parts.open();
  assertEquals(opened.response.headers.get("content-length"), "5");
  assertEquals(await opened.read(), "abc");
  assertEquals(parts.finished.length, 0);
  parts.send("de");
  assertEquals(await opened.read(), "de");
  parts.writer.close();
  assertEquals(await opened.read(), undefined);
  assertEquals([parts.finished.length, parts.exchange.bytesOut], [1, 5]);
});

Deno.test("a length that was said twice is not answered with nonsense", async () => {
  const { send, writer, open } = ask("/", {
    headers: { "content-length": "3, 3" },
  });
  send("abc");
  const { response, read } = await open();
  assert(response.headers.get("content-length") !== "NaN");
  assertEquals(await read(), "abc");
  writer.close();
  assertEquals(await read(), undefined);
});

Deno.test("an empty body comes back empty", async () => {
  const { writer, open, exchange, finished } = ask();
  writer.close();
  const { response, read } = await open();
  assertEquals(
    response.headers.get("content-type"),
    "application/octet-stream",
  );
  assertEquals(await read(), undefined);
  assertEquals([exchange.bytesOut, finished.length], [0, 1]);
});

Deno.test("no more is read of an upload than the client has taken of its echo", async () => {
  const { exchange, send, open } = ask();
  const { read, reader } = await open();
  const sends = ["a", "b", "c", "d"].map(send);
  assertEquals(await read(), "a");
  await turn();
  assertEquals(exchange.bytesIn, 1);
  assertEquals(await read(), "b");
  assertEquals(exchange.bytesIn, 2);
  await reader.cancel();
  await Promise.allSettled(sends);
});

/** What breaks an answer off in its midst, and what is told of it. */
const BREAKS = [
  {
    send: "e",
    kind: BodyTooLongError,
    message: "The request's body is longer than the 4 bytes that are " +
      "taken here (--max-body)",
  },
  {
    send: undefined,
    kind: BodyLostError,
    message: "the request's body broke off",
  },
] as const;

/** An answer in its midst, which something then breaks off. */
async function breakOff(
  { send: more }: typeof BREAKS[number],
  opened = openSession(),
) {
  const asked = ask("/", {}, { opened, options: { maxBody: 4 } });
  const { response, read, reader } = await asked.open();
  assertEquals(response.status, 200);
  asked.send("abcd");
  assertEquals(await read(), "abcd");
  if (more) asked.send(more).catch(() => {});
  else asked.writer.abort(new Error("left"));
  return { ...asked, reader };
}

Deno.test("a body that breaks off, or gets too long, ends its connection on HTTP/1.1", async () => {
  for (const end of BREAKS) {
    const { exchange, finished, wire, reader } = await breakOff(end);
    let isOver = false;
    const rest = reader.read().finally(() => isOver = true);
    for (let i = 0; i < 5; i++) await turn();
    // Neither an end, which would make it look whole, nor an error, which the
    // runtimes would tell of as one of the program.
    assertEquals([isOver, finished.length, exchange.status], [false, 1, 200]);
    assertEquals(wire.calls, ["onRequest", `fail: ${end.message}`]);
    assertEquals(exchange.bytesOut, 4);
    await reader.cancel();
    await rest;
  }
});

Deno.test("a body that breaks off, or gets too long, fails its answer alone on HTTP/2", async () => {
  for (const end of BREAKS) {
    const opened = openSession();
    opened.session.look(bytesOf("PRI * HTTP/2.0\r\n"));
    const { exchange, finished, wire, reader } = await breakOff(end, opened);
    const read = () => inTime(reader.read(), "the failure");
    await assertRejects(read, end.kind, end.message);
    assertEquals([finished.length, wire.calls], [1, ["onRequest"]]);
    assertEquals(exchange.bytesOut, 4);
  }
});

Deno.test("a body that nobody wants may not be longer than the limit either", async () => {
  for (const path of ["/?status=204", "/?status=9", "/"]) {
    const { send, answering, wire, finished } = ask(path, {}, {
      options: { maxBody: 4, text: "fixed" },
    });
    send("abcde").catch(() => {});
    const { status, headers, body } = await inTime(answering, "an answer");
    assertEquals([status, headers.get("connection")], [413, "close"], path);
    await body?.cancel();
    await turn();
    assertEquals(finished.map(({ status }) => status), [413]);
    assertEquals(wire.calls, ["onRequest", "drain"]);
  }
});

Deno.test("a client that leaves before its body is no failure of the server", async () => {
  const headers = { "content-length": "3" };
  const asked: [path: string, asking: Asking, text?: string][] = [
    ["/", { headers }],
    ["/", { headers }, "fixed"],
    ["/", {}, "fixed"],
    ["/?status=9", {}],
    ["/?status=204", { headers }],
    ["/?status=204", {}],
  ];
  for (const [path, asking, text] of asked) {
    const { writer, answering, wire, finished } = ask(path, asking, {
      options: { text },
    });
    writer.abort(new Error("the client has left"));
    // What rejects here is told of as an error of the server.
    await inTime(answering, "an answer that nobody gets");
    await turn();
    const ended = finished.map(({ status, bytesOut }) => [status, bytesOut]);
    assertEquals(ended, [[0, 0]], `${path} ${JSON.stringify(asking)}`);
    assertEquals(wire.calls, ["onRequest"]);
  }
});

Deno.test("an answer that nobody wants any more ends the upload as well", async () => {
  const { finished, writer, send, open, wire } = ask();
  const { read, reader } = await open();
  send("abc");
  assertEquals(await read(), "abc");
  const closed = writer.closed.catch(() => "told");
  const next = reader.read();
  await turn();
  await reader.cancel();
  assertEquals((await next).done, true);
  assertEquals(finished.length, 1);
  assertEquals(await closed, "told");
  for (let i = 0; i < 5; i++) await turn();
  // What is still to come of the upload is lost, and its connection with it.
  assertEquals(wire.calls, [
    "onRequest",
    "fail: the request's body broke off",
  ]);
});

Deno.test("a request is served until a body that nobody wants has come whole", async () => {
  for (const path of ["/?status=304", "/?status=9", "/"]) {
    const { finished, writer, send, session, exchange } = ask(path, {}, {
      options: { text: "fixed" },
    });
    send("abc");
    await turn();
    assertEquals([finished.length, session.isServing], [0, true], path);
    send("def");
    writer.close();
    await turn();
    await turn();
    assertEquals([finished.length, exchange.bytesIn], [1, 6], path);
  }
});
