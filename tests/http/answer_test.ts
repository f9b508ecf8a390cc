import { gunzipSync } from "node:zlib";
import { answer, plain } from "../../src/http/answer.ts";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf, inTime, textOf, turn } from "../fake_conn.ts";
import {
  type Asking,
  exchangeOf,
  type ExchangeSetup,
  openBody,
  openSession,
  requestOf,
} from "./fake_web.ts";

/** Asks, and takes the answer. */
async function ask(path: string, asking?: Asking, setup?: ExchangeSetup) {
  const asked = exchangeOf(requestOf(path, asking), setup);
  const response = await inTime(
    Promise.resolve(answer(asked.exchange)),
    `the answer to ${path}`,
  );
  const { status, headers } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  await turn();
  return { ...asked, status, headers, bytes, text: textOf(bytes) };
}

Deno.test("a request without a body gets its description", async () => {
  const { status, headers, text, bytes, exchange, finished, wire } = await ask(
    "/a?b=c",
  );
  assertEquals(Object.fromEntries(headers), {
    "cache-control": "no-store",
    "content-length": `${bytes.length}`,
    "content-type": "application/json; charset=utf-8",
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
  });
  const about = JSON.parse(text);
  assertEquals([about.path, about.query], ["/a", { b: "c" }]);
  assertEquals(text.endsWith("}\n"), true);
  assertEquals([status, exchange.status], [200, 200]);
  assertEquals([exchange.bytesIn, exchange.bytesOut], [0, bytes.length]);
  assertEquals(finished.length, 1);
  assertEquals(wire.calls, ["onRequest"]);
});

Deno.test("a description hides credentials unless they are to be shown", async () => {
  const headers = { authorization: "Bearer s3cr3t" };
  const hidden = await ask("/", { headers });
  assertEquals(JSON.parse(hidden.text).headers.authorization, "<redacted>");
  const options = { showSecrets: true };
  const shown = await ask("/", { headers }, { options });
  assertEquals(JSON.parse(shown.text).headers.authorization, "Bearer s3cr3t");
});

Deno.test("an echo is called what its client says only where that is harmless", async () => {
  const types = {
    "text/html": "application/octet-stream",
    "image/png": "image/png",
  };
  for (const [claimed, type] of Object.entries(types)) {
    const headers = { "content-type": claimed };
    const answered = await ask("/", { body: "<script>", headers });
    assertEquals(answered.text, "<script>");
    assertEquals(answered.headers.get("content-type"), type);
    assertEquals(answered.headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test("the answer to HEAD is that to GET without its body", async () => {
  for (const path of ["/?status=503", "/?size=70000", "/?size=0"]) {
    const get = await ask(path);
    const head = await ask(path, { method: "HEAD" });
    assertEquals(head.status, get.status);
    const headLength = head.headers.get("content-length");
    // The description of HEAD has one letter more.
    const more = path.includes("size") ? 0 : 1;
    assertEquals(Number(headLength), get.bytes.length + more);
    assertEquals(head.bytes.length, 0);
    assertEquals([head.exchange.bytesOut, head.finished.length], [0, 1]);
  }
});

Deno.test("statuses that have no body get none, and 205 alone a length, which is 0", async () => {
  for (const status of [204, 205, 304]) {
    for (const asking of [{}, { body: "abc" }, { method: "HEAD" }]) {
      const path = `/?status=${status}&size=5`;
      const answered = await ask(path, asking);
      assertEquals([answered.status, answered.text], [status, ""]);
      // Only 205 has a body, which is empty: RFC 9110, section 15.3.6.
      const length = status === 205 ? "0" : null;
      assertEquals(answered.headers.get("content-length"), length);
      assertEquals(answered.exchange.bytesOut, 0);
      assertEquals(answered.finished.length, 1);
    }
  }
});

Deno.test("an answer may have any size, and no other body", async () => {
  for (const size of [0, 1, 64 * 1024, 200_000]) {
    const { headers, bytes, exchange, finished } = await ask(
      `/?size=${size}`,
      { body: "abc", headers: { "content-type": "application/json" } },
    );
    assertEquals(bytes.length, size);
    assertEquals(headers.get("content-length"), `${size}`);
    assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
    assertEquals([exchange.bytesIn, exchange.bytesOut], [3, size]);
    assertEquals(finished.length, 1);
  }
});

Deno.test("a fixed text answers every request, with its status and nothing else", async () => {
  const options = { text: "h\u00e9re" };
  for (const asking of [{}, { body: "abc" }, { method: "PUT", body: "d" }]) {
    const path = "/?status=404&size=9";
    const { status, headers, text, exchange } = await ask(path, asking, {
      options,
    });
    assertEquals([status, text], [404, "h\u00e9re"]);
    assertEquals(headers.get("content-length"), "5");
    assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
    assertEquals(exchange.bytesIn, asking.body?.length ?? 0);
  }
  const empty = await ask("/", { body: "abc" }, { options: { text: "" } });
  assertEquals([empty.text, empty.headers.get("content-length")], ["", "0"]);
});

Deno.test("an answer is compressed only if the client asks for gzip", async () => {
  const asked: [accepted: string, isGzip: boolean][] = [
    ...["gzip", "GZIP", "deflate, gzip", "gzip,br", "br ,gzip ; q=0.5"]
      .map((accepted): [string, boolean] => [accepted, true]),
    ...["gzip;q=1", "gzip;q=1.000", "gzip;q=0.001", "gzip; q=.5", "a;q=0, gzip"]
      .map((accepted): [string, boolean] => [accepted, true]),
    ...["", "br", "identity", "*", "gzip;q=0", "gzip;q=0.000", "gzip; q=0"]
      .map((accepted): [string, boolean] => [accepted, false]),
    ...["x-gzip", "gzipped", "gzip2, br", "br;gzip", "deflate;q=0.5"]
      .map((accepted): [string, boolean] => [accepted, false]),
  ];
  for (const [accepted, isGzip] of asked) {
    const headers = { "accept-encoding": accepted };
    const answered = await ask("/", { headers }, { options: { text: "abc" } });
    const encoding = isGzip ? "gzip" : null;
    assertEquals(answered.headers.get("content-encoding"), encoding, accepted);
    const { bytes, exchange } = answered;
    const length = Number(answered.headers.get("content-length"));
    assertEquals([length, exchange.bytesOut], [bytes.length, bytes.length]);
    assertEquals(textOf(isGzip ? gunzipSync(bytes) : bytes), "abc");
    assertEquals(answered.headers.get("vary"), "accept-encoding");
  }
});

Deno.test("what is echoed, and what was asked for by size, is never compressed", async () => {
  const headers = { "accept-encoding": "gzip" };
  const echoed = await ask("/", { body: "abc", headers });
  const sized = await ask("/?size=3", { headers });
  for (const { headers, text } of [echoed, sized]) {
    assertEquals(headers.get("content-encoding"), null);
    assertEquals(text.length, 3);
  }
});

Deno.test("a body that says it is longer than the limit is refused, unread", async () => {
  const { body } = openBody();
  const refused = await ask(
    "/?status=200",
    { body, headers: { "content-length": "6" } },
    { options: { maxBody: 5 } },
  );
  assertEquals(
    [refused.status, refused.text],
    [
      413,
      "The body of 6 bytes is longer than the 5 that are taken here " +
      "(--max-body)\n",
    ],
  );
  assertEquals(refused.headers.get("connection"), "close");
  assertEquals(body.locked, false);
  assertEquals(refused.wire.calls, ["onRequest", "drain"]);
  const taken = await ask("/", { body: "abcde" }, { options: { maxBody: 5 } });
  assertEquals([taken.status, taken.text], [200, "abcde"]);
});

Deno.test("what a client cannot ask for is told, after its body", async () => {
  const { body, writer, send } = openBody();
  const { exchange, finished } = exchangeOf(requestOf("/?status=1", { body }));
  let isAnswered = false;
  const answering = Promise.resolve(answer(exchange)).then((response) => {
    isAnswered = true;
    return response;
  });
  send("abc");
  await turn();
  // The next request begins where this body ends.
  assertEquals([isAnswered, finished.length], [false, 0]);
  writer.close();
  const response = await inTime(answering, "an answer");
  assertEquals(response.status, 400);
  assertEquals(
    await response.text(),
    "Cannot use status=1: expected a status from 200 to 599\n",
  );
  assertEquals([finished.length, exchange.bytesIn], [1, 3]);
});

Deno.test("the connection ends with an answer that is asked to, or while it drains", async () => {
  const asked = await ask("/?close=true");
  assertEquals(asked.headers.get("connection"), "close");
  assertEquals(asked.wire.calls, ["onRequest", "drain"]);
  const opened = openSession();
  opened.session.drain();
  const drained = await ask("/", {}, { opened });
  assertEquals(drained.headers.get("connection"), "close");
  assertEquals(drained.wire.calls, ["onRequest", "drain"]);
  const kept = await ask("/");
  assertEquals(kept.headers.get("connection"), null);
});

Deno.test("HTTP/2 has no field for the end of a connection, which ends all the same", async () => {
  const opened = openSession();
  opened.session.look(bytesOf("PRI * HTTP/2.0\r\n"));
  const { headers, wire } = await ask("/?close", {}, { opened });
  assertEquals(headers.get("connection"), null);
  assertEquals(wire.calls, ["onRequest", "drain"]);
});

Deno.test("an answer that is delayed is held, until its time, the drain or the end", async () => {
  const short = await ask("/?delay=5ms", { body: "abc" });
  assertEquals([short.text, short.session.isHolding], ["abc", false]);
  // A timer may fire up to a millisecond early.
  assert(short.exchange.heldMs >= 4, `${short.exchange.heldMs}`);
  for (const end of ["drain", "end"] as const) {
    const { exchange, session, finished } = exchangeOf(
      requestOf("/?delay=60s"),
    );
    const pending = Promise.resolve(answer(exchange));
    // It may begin a microtask later.
    await Promise.resolve();
    assertEquals([session.isHolding, session.isOwing], [true, true]);
    await turn();
    session[end]();
    const response = await inTime(pending, "the answer");
    assertEquals(exchange.isHeld, false);
    assert(exchange.heldMs > 0);
    // After the end, nobody is left to answer.
    assertEquals(exchange.status, end === "drain" ? 200 : 0);
    assertEquals(response.status, end === "drain" ? 200 : 400);
    await response.body?.cancel();
    await turn();
    assertEquals(finished.length, 1);
  }
});

Deno.test("an answer that is not delayed is held for no time at all", async () => {
  const { exchange } = await ask("/", { body: "abc" });
  assertEquals(exchange.heldMs, 0);
});

Deno.test("plain answers with a line and fields of its own", async () => {
  const { exchange, finished } = exchangeOf(requestOf("/"));
  const fields = { "x-a": "b" };
  const response = await plain(exchange, 426, "no", { fields });
  assertEquals([response.status, await response.text()], [426, "no\n"]);
  assertEquals(response.headers.get("x-a"), "b");
  assertEquals(response.headers.get("content-length"), "3");
  assert(finished.length === 1 && exchange.status === 426);
});
