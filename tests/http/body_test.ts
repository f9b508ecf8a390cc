import {
  BodyLostError,
  BodyTooLongError,
  bytesSource,
  discard,
  hasBody,
  requestSource,
  resume,
  sizedSource,
  type Source,
} from "../../src/http/body.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { bytesOf, textOf } from "../fake_conn.ts";
import {
  type Asking,
  exchangeOf,
  openBody,
  openSession,
  requestOf,
} from "./fake_web.ts";

/** The sizes of all parts. */
async function sizesOf(source: Source): Promise<number[]> {
  const sizes: number[] = [];
  for (let part; (part = await source.read()) !== null;) {
    sizes.push(part.length);
  }
  return sizes;
}

/** All parts as text. */
async function textsOf(source: Source): Promise<string[]> {
  const texts: string[] = [];
  for (let part; (part = await source.read()) !== null;) {
    texts.push(textOf(part));
  }
  return texts;
}

Deno.test("bytesSource gives its bytes once, and empty ones never", async () => {
  assertEquals(await textsOf(bytesSource(bytesOf("abc"))), ["abc"]);
  assertEquals(await textsOf(bytesSource(bytesOf(""))), []);
});

Deno.test("sizedSource gives exactly as many bytes as asked for", async () => {
  const PART = 64 * 1024;
  for (
    const size of [0, 1, 63, 64, 65, PART - 1, PART, PART + 1, 3 * PART + 5]
  ) {
    const sizes = await sizesOf(sizedSource(size));
    assertEquals(sizes.reduce((sum, one) => sum + one, 0), size);
    assertEquals(sizes.length, Math.ceil(size / PART), `${size}`);
  }
});

Deno.test("sizedSource gives lines of 64, each part the caller's own", async () => {
  const source = sizedSource(2 * 64 * 1024 + 3);
  const first = await source.read();
  const text = textOf(first!);
  assert(/^([\w.]{63}\n)+$/.test(text));
  // What a caller does to a part must show in no other.
  first!.fill(0);
  assertEquals(textOf((await source.read())!), text);
  assertEquals(textOf((await source.read())!), "012");
  assertEquals(await source.read(), null);
});

Deno.test("sizedSource gives no more once it is cancelled", async () => {
  const source = sizedSource(1000 * 64 * 1024);
  await source.read();
  source.cancel();
  assertEquals(await source.read(), null);
});

Deno.test("requestSource gives the body as it comes, and takes note of it", async () => {
  const { body, writer, send } = openBody();
  const { exchange } = exchangeOf(requestOf("/", { body }), {
    options: { recordLimit: 4 },
  });
  const source = requestSource(exchange);
  send("ab");
  assertEquals(textOf((await source.read())!), "ab");
  assertEquals([exchange.bytesIn, exchange.isComplete], [2, false]);
  send("cdef");
  assertEquals(textOf((await source.read())!), "cdef");
  assertEquals([exchange.bytesIn, exchange.isComplete], [6, false]);
  writer.close();
  assertEquals(await source.read(), null);
  assertEquals(exchange.isComplete, true);
  assertEquals(await source.read(), null);
  assertEquals(exchange.kept.text(), "abcd");
});

Deno.test("requestSource takes a request without a body for an empty one", async () => {
  const { exchange } = exchangeOf(requestOf("/"));
  const source = requestSource(exchange);
  assertEquals(await source.read(), null);
  assertEquals(exchange.isComplete, true);
  source.cancel();
});

Deno.test("requestSource fails with what is beyond the limit, not at the limit", async () => {
  const { body, send } = openBody();
  const { exchange } = exchangeOf(requestOf("/", { body }), {
    options: { maxBody: 5 },
  });
  const source = requestSource(exchange);
  for (const part of ["abc", "de"]) {
    send(part);
    assertEquals(textOf((await source.read())!), part);
  }
  send("f").catch(() => {});
  await assertRejects(
    () => source.read(),
    BodyTooLongError,
    "The request's body is longer than the 5 bytes that are " +
      "taken here (--max-body)",
  );
  assertEquals([exchange.bytesIn, exchange.isComplete], [6, false]);
  source.cancel();
});

Deno.test("requestSource rejects when the client leaves, and may be cancelled even so", async () => {
  class Gone extends Error {}
  const { body, writer } = openBody();
  writer.abort(new Gone("left"));
  const { exchange } = exchangeOf(requestOf("/", { body }));
  const source = requestSource(exchange);
  const error = await source.read().catch((error) => error);
  assert(error instanceof BodyLostError, `${error}`);
  assertEquals(error.message, "the request's body broke off");
  assert(error.cause instanceof Gone);
  assertEquals(exchange.isComplete, false);
  source.cancel();
});

Deno.test("cancelling a requestSource tells the sender", async () => {
  const { body, writer } = openBody();
  const { exchange } = exchangeOf(requestOf("/", { body }));
  const closed = writer.closed.catch((error) => `closed: ${error}`);
  requestSource(exchange).cancel();
  assertEquals(await closed, "closed: undefined");
});

Deno.test("resume gives the first part, then the rest", async () => {
  const rest = bytesSource(bytesOf("cd"));
  assertEquals(await textsOf(resume(bytesOf("ab"), rest)), ["ab", "cd"]);
  assertEquals(await textsOf(resume(null, bytesSource(bytesOf("x")))), []);
  const sized = sizedSource(10);
  resume(bytesOf("ab"), sized).cancel();
  assertEquals(await sized.read(), null);
});

Deno.test("hasBody tells a body from none by its length, or by what frames it", () => {
  const post = (asking: Asking) =>
    requestOf("/", { method: "POST", ...asking });
  const cases: [request: Request, one: boolean, multiplexed: boolean][] = [
    [requestOf("/"), false, false],
    [post({}), false, false],
    [post({ body: "abc" }), true, true],
    [post({ body: "", headers: { "content-length": "0" } }), false, false],
    [post({ body: openBody().body }), true, true],
    [
      post({ body: openBody().body, headers: { "content-length": "0" } }),
      false,
      false,
    ],
  ];
  const ask = (request: Request) => {
    const opened = openSession();
    const on1 = hasBody(exchangeOf(request, { opened }).exchange);
    opened.session.look(bytesOf("PRI * HTTP/2.0\r\n"));
    return [on1, hasBody(exchangeOf(request, { opened }).exchange)];
  };
  for (const [at, [request, one, multiplexed]] of cases.entries()) {
    assertEquals(ask(request), [one, multiplexed], `${at}`);
  }
  const framed = post({ body: openBody().body });
  const bare = new Request(framed, { headers: {} });
  assertEquals(ask(bare), [false, true]);
});

Deno.test("discard reads to the end, and rejects like its source", async () => {
  const sized = sizedSource(200_000);
  await discard(sized);
  assertEquals(await sized.read(), null);
  let reads = 0;
  const failing: Source = {
    read: () =>
      ++reads < 3
        ? Promise.resolve(bytesOf("a"))
        : Promise.reject(new BodyLostError("broken")),
    cancel: () => {},
  };
  await assertRejects(() => discard(failing), BodyLostError, "broken");
  assertEquals(reads, 3);
});
