import { assert, assertEquals, assertMatch } from "../assert.ts";
import { Digest, noise, sha256 } from "../client.ts";
import {
  type Answer,
  chunk,
  concat,
  head,
  type HttpClient,
} from "../http_client.ts";
import { CORE_HTTP, CORE_HTTP_AND_HTTPS } from "../wine/core.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = [1, 1000, 64 * KIB + 1, MIB + 7];
const CHUNKED = "Transfer-Encoding: chunked";

/** Sends a body in chunks of a size, and reads the answer meanwhile. */
function postInChunks(
  client: HttpClient,
  data: Uint8Array,
  size = 10_000,
): Promise<Answer> {
  const parts = [];
  for (let at = 0; at < data.length; at += size) {
    parts.push(chunk(data.subarray(at, at + size)));
  }
  return client.upload([head("POST", "/", CHUNKED), ...parts, chunk("")]);
}

for (const stack of CORE_HTTP_AND_HTTPS) {
  Deno.test(`${stack.name}: bodies of any size come back, by length and in chunks`, async () => {
    await using server = await stack.start();
    for (const size of SIZES) {
      const data = noise(size);
      for (const way of ["length", "chunks"]) {
        using client = await stack.dial(server);
        const { status, body } = way === "length"
          ? await client.post(`/by/length?${size}`, data)
          : await postInChunks(client, data);
        assertEquals([status, body.length], [200, size]);
        assertEquals(sha256(body), sha256(data));
        const { peer } = await server.waitFor({
          event: "request",
          peer: client.peer,
        });
        assertEquals(peer, client.peer);
      }
    }
    for (const bytes of SIZES) {
      const found = server.all({
        event: "request",
        bytesIn: bytes,
        bytesOut: bytes,
      });
      assertEquals(found.map(({ path }) => path), ["/by/length", "/"]);
      assertEquals(found.map(({ method }) => method), ["POST", "POST"]);
      assertEquals(found.map(({ status }) => status), [200, 200]);
    }
    await server.waitFor(
      { event: "disconnect", reason: "eof" },
      2 * SIZES.length,
    );
  });

  Deno.test(`${stack.name}: what comes back starts before the upload ends`, async () => {
    await using server = await stack.start();
    for (const isChunked of [false, true]) {
      using client = await stack.dial(server);
      const framed = (data: Uint8Array) => isChunked ? chunk(data) : data;
      const length = isChunked ? CHUNKED : "Content-Length: 3000";
      await client.send(head("PUT", "/", length));
      const sent = [noise(1000), noise(1000), noise(1000)];
      const came: Uint8Array[] = [];
      let had = 0;
      const send = (at: number) => client.send(framed(sent[at]));
      await send(0);
      // Nothing more is sent until all that was sent has come back.
      const isWhole = await client.body(await client.head(), (part) => {
        came.push(part);
        had += part.length;
        if (had === 1000 || had === 2000) send(had / 1000);
        if (had === 3000 && isChunked) client.send(chunk(""));
      });
      assert(isWhole, "the answer broke off");
      assertEquals(sha256(concat(came)), sha256(concat(sent)));
    }
  });
}

for (const stack of CORE_HTTP) {
  Deno.test(`${stack.name}: a client that ends its stream gets its answers whole`, async () => {
    await using server = await stack.start();
    const asked = [["/?delay=200ms&size=300", 300], [
      "/?delay=100ms&size=2MiB",
      2 * MIB,
    ]] as const;
    const asks = asked.map(async ([target, bytes]) => {
      using client = await stack.dial(server);
      await client.send(head("GET", target));
      await client.conn.closeWrite();
      assertEquals((await client.answer()).body.length, bytes);
      assertEquals(await client.ends(), "FIN");
    });
    const upload = async () => {
      using client = await stack.dial(server);
      const data = noise(MIB);
      const sending = client.send(
        head("POST", "/", `Content-Length: ${MIB}`),
        data,
      ).then(() => client.conn.closeWrite());
      sending.catch(() => {});
      assertEquals(sha256((await client.answer()).body), sha256(data));
      assertEquals(await client.ends(), "FIN");
      await sending;
    };
    await Promise.all([...asks, upload()]);
    await server.waitFor({ event: "disconnect", reason: "eof" }, 3);
  });

  Deno.test(`${stack.name}: many small requests keep one connection`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    for (let i = 0; i < 8; i++) {
      for (const size of [1, 300, 1000, 4000]) {
        const data = noise(size);
        for (
          const { body, headers } of [
            await client.post("/", data),
            await postInChunks(client, data),
          ]
        ) {
          assertEquals(sha256(body), sha256(data));
          assertEquals(headers.get("connection"), null, `after ${size} bytes`);
        }
      }
      assertEquals(JSON.parse((await client.get("/a")).text).connection, 1);
    }
    await client.conn.closeWrite();
    assertEquals(await client.ends(), "FIN");
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "eof");
    assertEquals(server.all({ event: "request", id: 1 }).length, 8 * 9);
  });

  Deno.test(`${stack.name}: requests that come at once are answered in order`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    const indexes = Array.from({ length: 100 }, (_, i) => i);
    const requests = indexes.map((i) => {
      if (i % 10 === 5) {
        return head("POST", "/", "Content-Length: 2") + `${i}`.padEnd(2);
      }
      // What takes longer must not be overtaken; Bun takes no request while
      // another waits, and ends the connection.
      const isLate = i % 10 === 3 && stack.target.name === "deno";
      const delay = isLate ? "20ms" : "0ms";
      return head("GET", `/?delay=${delay}&size=${i * 100}`);
    });
    await client.send(...requests);
    for (const i of indexes) {
      const { body, text } = await client.answer();
      if (i % 10 === 5) assertEquals(text, `${i}`.padEnd(2));
      else assertEquals(body.length, i * 100);
    }
    assertEquals(server.all({ event: "connect" }).length, 1);
  });

  Deno.test(`${stack.name}: HEAD has the header of the answer alone`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    for (const target of ["/", "/?size=20KiB", "/?status=404"]) {
      const get = await client.get(target);
      await client.send(head("HEAD", target));
      const { status, headers } = await client.answer("HEAD");
      assertEquals(status, get.status);
      for (const name of ["content-type", "x-content-type-options"]) {
        assertEquals(headers.get(name), get.headers.get(name));
      }
    }
    await client.send(head("HEAD", "/?size=20KiB"));
    const { headers } = await client.answer("HEAD");
    assertEquals(headers.get("content-length"), "20480");
    // Had a body come, it would be in the way of this.
    assertEquals((await client.post("/", "after")).text, "after");
  });

  Deno.test(`${stack.name}: a client that expects 100-continue is asked for its body`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    const fields = ["Content-Length: 5", "Expect: 100-continue"];
    await client.send(head("POST", "/", ...fields));
    assertEquals((await client.head()).status, 100);
    await client.send("hello");
    const { status, text } = await client.answer();
    assertEquals([status, text], [200, "hello"]);
    assertEquals((await client.post("/", "again")).text, "again");
  });

  Deno.test(`${stack.name}: HTTP/1.0 is answered, and the connection ends`, async () => {
    await using server = await stack.start();
    for (const [target, body] of [["/", "hello"], ["/?size=100KiB", ""]]) {
      using client = await stack.dial(server);
      const { length } = body;
      await client.send(
        `POST ${target} HTTP/1.0\r\nContent-Length: ${length}\r\n\r\n${body}`,
      );
      const answer = await client.answer();
      assertEquals(answer.headers.get("transfer-encoding"), null);
      if (body) assertEquals(answer.text, body);
      else assertEquals(answer.body.length, 100 * KIB);
      assertEquals(await client.ends(), "FIN");
    }
    using client = await stack.dial(server);
    await client.send("GET /old HTTP/1.0\r\n\r\n");
    const { version, path } = JSON.parse((await client.answer()).text);
    assertEquals([version, path], ["HTTP/1.0", "/old"]);
  });

  for (const isChunked of [false, true]) {
    Deno.test(`${stack.name}: 64 MiB come back ${isChunked ? "in chunks" : "by length"}, and are nowhere kept`, async () => {
      await using server = await stack.start();
      {
        using warm = await stack.dial(server);
        await warm.post("/warm", noise(4 * MIB));
      }
      using client = await stack.dial(server);
      const before = await server.memoryMiB();
      const sent = new Digest();
      const upload = async () => {
        const length = isChunked ? CHUNKED : `Content-Length: ${64 * MIB}`;
        await client.send(head("POST", "/", length));
        for (let i = 0; i < 64; i++) {
          const data = noise(MIB);
          sent.add(data);
          await client.send(isChunked ? chunk(data) : data);
        }
        if (isChunked) await client.send(chunk(""));
      };
      const received = new Digest();
      const sending = upload();
      sending.catch(() => {});
      const isWhole = await client.body(
        await client.head(),
        (part) => received.add(part),
      );
      await sending;
      assert(isWhole, "the answer broke off");
      assertEquals(received.bytes, 64 * MIB);
      assertEquals(received.hex(), sent.hex());
      const grown = await server.memoryMiB() - before;
      assert(grown < 48, `memory grew by ${grown} MiB`);
    });
  }

  Deno.test(`${stack.name}: a body of GET is taken for no request`, async () => {
    await using server = await stack.start();
    using client = await stack.dial(server);
    const smuggled = head("GET", "/smuggled");
    const length = `Content-Length: ${smuggled.length}`;
    await client.send(
      head("GET", "/one", length),
      smuggled,
      head("GET", "/two"),
    );
    for (const path of ["/one", "/two"]) {
      assertEquals(JSON.parse((await client.answer()).text).path, path);
    }
    await server.waitFor({ event: "request" }, 2);
    assertEquals(server.all({ path: "/smuggled" }), []);
  });

  Deno.test(`${stack.name}: 40 clients at once keep to themselves`, async () => {
    await using server = await stack.start();
    await Promise.all(Array.from({ length: 40 }, async () => {
      for (let i = 0; i < 3; i++) {
        using client = await stack.dial(server);
        const data = noise(20_000);
        const { body } = await client.post("/", data);
        assertEquals(sha256(body), sha256(data));
      }
    }));
    await server.waitFor({ event: "disconnect", reason: "eof" }, 120);
    const requests = server.all({ event: "request", bytesOut: 20_000 });
    assertEquals(requests.length, 120);
    assertMatch(`${requests[0].peer}`, /^127\.0\.0\.1:\d+$/);
  });
}
