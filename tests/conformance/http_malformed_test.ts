import { assert, assertEquals, assertMatch } from "../assert.ts";
import { noise } from "../client.ts";
import { chunk, head } from "../http_client.ts";
import { HTTP, type HttpStack } from "../http_stack.ts";
import type { ServerProcess } from "../server_process.ts";

const CHUNKED = "Transfer-Encoding: chunked";

/** What no server may take for a request. */
const MALFORMED: Readonly<Record<string, string>> = {
  "a handshake of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
  "a line of prose": "hello there\r\n\r\n",
  "no line at all": "\0".repeat(200) + "\r\n\r\n",
  "a version of its own": "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
  "a field without a name": "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
  "a space before the colon": head("POST", "/", "Content-Length : 5") + "hello",
  "a header that is too long": head("GET", "/", `X-A: ${"a".repeat(200_000)}`),
  "too many fields": head(
    "GET",
    "/",
    ...Array.from({ length: 3000 }, (_, i) => `X-A${i}: a`),
  ),
  "a length and chunks": head("POST", "/", "Content-Length: 5", CHUNKED) +
    "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
  "two lengths": head("POST", "/", "Content-Length: 5", "Content-Length: 6") +
    "hello!",
  "a negative length": head("POST", "/", "Content-Length: -5") + "hello",
  "a length in words": head("POST", "/", "Content-Length: five") + "hello",
  "an unknown transfer coding": head("POST", "/", "Transfer-Encoding: rot13") +
    "hello",
};

/** What begins well, and is none in the end. */
const BAD_CHUNKS: Readonly<Record<string, string>> = {
  "a chunk without a size": "zz\r\nhello\r\n0\r\n\r\n",
  "a chunk that is longer than it says": "5\r\nhello, world\r\n0\r\n\r\n",
  "a chunk of a size beyond reason": `${"f".repeat(40)}\r\nhello`,
};

/** Asserts that a client of another connection is served. */
async function goesOn(stack: HttpStack, server: ServerProcess): Promise<void> {
  using client = await stack.dial(server);
  assertEquals((await client.post("/", "fine")).text, "fine");
}

/** Says something on a connection of its own, and hears all that is said. */
async function tell(
  stack: HttpStack,
  server: ServerProcess,
  what: string,
  ...said: readonly string[]
): Promise<string> {
  using client = await stack.dial(server);
  // The end may come before everything is said.
  for (const text of said) await client.send(text).catch(() => {});
  const heard = new TextDecoder().decode(await client.rest());
  const { peer } = client;
  const record = await server.waitFor({ event: "disconnect", peer });
  assertEquals(record.reason, "error", what);
  assert(`${record.error}`.length > 10, what);
  return heard;
}

for (const stack of HTTP) {
  Deno.test(`${stack.name}: what is no request gets 400 or an end, a record, and disturbs nobody`, async () => {
    await using server = await stack.start();
    using other = await stack.dial(server);
    await other.get("/");
    const afterGood = async () => {
      using client = await stack.dial(server);
      assertEquals((await client.post("/", "good")).text, "good");
      await client.send("nonsense\r\n\r\n");
      const heard = new TextDecoder().decode(await client.rest());
      assertMatch(heard, /^$|^HTTP\/1\.[01] 400 /);
      const { peer } = client;
      const record = await server.waitFor({ event: "disconnect", peer });
      assertEquals(record.reason, "error");
    };
    const chunks = Object.entries(BAD_CHUNKS).map(async ([what, text]) => {
      const header = head("POST", "/", CHUNKED);
      const heard = await tell(stack, server, what, header, text);
      assert(!heard.includes("\r\n0\r\n\r\n"), `${what} came back whole`);
      assert(!/content-length: [1-9]/i.test(heard), `${what}: ${heard}`);
    });
    await Promise.all([
      afterGood(),
      ...chunks,
      ...Object.entries(MALFORMED).map(async ([what, text]) => {
        const heard = await tell(stack, server, what, text);
        assertMatch(heard, /^$|^HTTP\/1\.[01] (400|431|501|505) /, what);
        assertEquals(heard.match(/HTTP\/1/g)?.length ?? 1, 1, what);
      }),
    ]);
    assertEquals((await other.get("/")).status, 200);
    assertEquals(server.all({ path: "/smuggled" }), []);
    assertEquals(server.all({ event: "error" }), []);
    await goesOn(stack, server);
  });

  Deno.test(`${stack.name}: a client that leaves within its body is no error of the server`, async () => {
    await using server = await stack.start();
    using other = await stack.dial(server);
    await other.get("/");
    for (const framing of ["Content-Length: 100000", CHUNKED]) {
      const client = await stack.dial(server);
      await client.send(head("POST", "/half", framing), chunk(noise(5000)));
      await client.head();
      client.close();
      const { peer } = client;
      await server.waitFor({ event: "disconnect", peer });
      const request = await server.waitFor({ event: "request", peer });
      assert(Number(request.bytesIn) >= 5000);
      await other.get("/");
    }
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: --max-body turns away longer bodies`, async () => {
    await using server = await stack.start("--max-body", "10KiB");
    {
      using client = await stack.dial(server);
      const data = noise(10 * 1024);
      assertEquals((await client.post("/", data)).body.length, 10 * 1024);
    }
    {
      using client = await stack.dial(server);
      await client.send(head("POST", "/", "Content-Length: 10241"), noise(100));
      const { status, text, headers } = await client.answer();
      assertEquals(status, 413);
      assertMatch(text, /10241 bytes .* 10240 .*--max-body/);
      assertEquals(headers.get("connection"), "close");
      await server.waitFor({ event: "request", status: 413 });
    }
    using client = await stack.dial(server);
    await client.send(head("POST", "/", CHUNKED), chunk(noise(8000)));
    let had = 0;
    const isWhole = await client.body(await client.head(), ({ length }) => {
      had += length;
      if (had === 8000) client.send(chunk(noise(8000)), chunk(""));
    });
    assert(!isWhole && had <= 10 * 1024, `${had} bytes came back`);
    const { peer } = client;
    const { reason, error } = await server.waitFor({
      event: "disconnect",
      peer,
    });
    assertEquals(reason, "error");
    assertMatch(`${error}`, /longer than the 10240 bytes that are taken here/);
    await goesOn(stack, server);
  });
}
