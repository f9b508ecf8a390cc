import { assert, assertEquals } from "../assert.ts";
import { noise, sha256 } from "../client.ts";
import { chunk, type End, head, type HttpClient } from "../http_client.ts";
import { HTTP, type HttpStack } from "../http_stack.ts";
import type { ServerProcess } from "../server_process.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const CHUNKED = "Transfer-Encoding: chunked";
// Timers may be early by a fraction of a millisecond, and clocks differ.
const EARLY_MS = 5;

function start(
  stack: HttpStack,
  ...faults: readonly string[]
): Promise<ServerProcess> {
  return stack.start(...faults.flatMap((fault) => ["--fault", fault]));
}

/** What a client has of an answer when its connection is over. */
interface Heard {
  readonly bytes: number;
  readonly hash: string;
  readonly isWhole: boolean;
  readonly end?: End;
}

function heard(data: Uint8Array, end: End): Heard {
  return { bytes: data.length, hash: sha256(data), isWhole: false, end };
}

/** Posts a body that is to be cut short. */
async function post(
  client: HttpClient,
  data: Uint8Array,
  isChunked = false,
): Promise<Heard> {
  const sending = isChunked
    ? client.send(head("POST", "/", CHUNKED), chunk(data), chunk(""))
    : client.send(head("POST", "/", `Content-Length: ${data.length}`), data);
  // The end may come before everything is sent.
  sending.catch(() => {});
  if (!await client.reader.hasMore()) {
    return heard(new Uint8Array(), client.reader.end!);
  }
  const { body, isWhole } = await client.cutAnswer();
  assertEquals((await client.rest()).length, 0);
  await sending.catch(() => {});
  const { end } = client.reader;
  return { bytes: body.length, hash: sha256(body), isWhole, end };
}

for (const stack of HTTP) {
  Deno.test(`${stack.name}: limit_data cuts an answer after exactly so many bytes of its body`, async () => {
    const limits = [0, 1, 1000, 100_000];
    await using server = await start(
      stack,
      ...limits.flatMap((bytes, i) => [
        `limit_data:bytes=${bytes},conn=${2 * i + 1}-${2 * i + 2}`,
      ]),
    );
    const clients: HttpClient[] = [];
    for (const _ of limits) {
      clients.push(await stack.dial(server), await stack.dial(server));
    }
    await Promise.all(clients.map(async (client, i) => {
      const bytes = limits[i >> 1];
      const data = noise(bytes + 5000);
      const seen = await post(client, data, i % 2 === 1);
      assertEquals(seen, heard(data.subarray(0, bytes), "FIN"));
      const { peer } = client;
      const record = await server.waitFor({ event: "disconnect", peer });
      assertEquals(record.reason, "fault");
      const request = server.all({ event: "request", peer })[0];
      assertEquals(request.bytesOut, bytes);
      client.close();
    }));
  });

  Deno.test(`${stack.name}: limit_data spares an answer that is short enough`, async () => {
    await using server = await start(stack, "limit_data:bytes=1000");
    using client = await stack.dial(server);
    assertEquals((await client.post("/", noise(600))).body.length, 600);
    assertEquals((await client.get("/?size=999")).body.length, 999);
    await client.send(head("GET", "/?size=1001"));
    const { body, isWhole } = await client.cutAnswer();
    assertEquals([body.length, isWhole], [1000, false]);
    assertEquals(await client.ends(), "FIN");
    // What has no length ends with the connection in HTTP/1.0.
    using old = await stack.dial(server);
    await old.send("GET /?size=2000 HTTP/1.0\r\n\r\n");
    const cut = await old.cutAnswer();
    assertEquals([cut.body.length, cut.isWhole], [1000, false]);
  });

  Deno.test(`${stack.name}: reset_peer drops the connection with RST after so many bytes`, async () => {
    const limits = [0, 1, 1000, 50_000];
    await using server = await start(
      stack,
      ...limits.map((bytes, i) => `reset_peer:bytes=${bytes},conn=${i + 1}`),
    );
    const clients: HttpClient[] = [];
    for (const _ of limits) clients.push(await stack.dial(server));
    await Promise.all(clients.map(async (client, i) => {
      const data = noise(limits[i] + 5000);
      const seen = await post(client, data);
      assertEquals(seen, heard(data.subarray(0, limits[i]), "RST"));
      const { peer } = client;
      const record = await server.waitFor({ event: "disconnect", peer });
      assertEquals(record.reason, "fault");
      client.close();
    }));
    using client = await stack.dial(server);
    assertEquals((await client.post("/", "unharmed")).text, "unharmed");
  });

  Deno.test(`${stack.name}: latency delays the first byte, and bandwidth those that follow`, async () => {
    await using server = await start(
      stack,
      "latency:ms=200,conn=1",
      "bandwidth:rate=100KiB,conn=2",
    );
    using late = await stack.dial(server);
    for (const data of [noise(1), noise(50_000)]) {
      const began = performance.now();
      const sending = late.send(
        head("POST", "/", `Content-Length: ${data.length}`),
        data,
      );
      const first = await late.head();
      assert(performance.now() - began >= 200 - EARLY_MS, "it came too early");
      const parts: number[] = [];
      assert(await late.body(first, ({ length }) => parts.push(length)));
      assertEquals(parts.reduce((sum, part) => sum + part, 0), data.length);
      await sending;
      if (first.headers.get("connection") === "close") break;
    }
    using slow = await stack.dial(server);
    const data = noise(40 * KIB);
    const began = performance.now();
    assertEquals(sha256((await slow.post("/", data)).body), sha256(data));
    const took = performance.now() - began;
    assert(took >= 250, `40 KiB at 100 KiB/s took ${took} ms`);
    using other = await stack.dial(server);
    assertEquals((await other.post("/", "at once")).text, "at once");
  });

  Deno.test(`${stack.name}: mute takes the whole body, and answers nothing`, async () => {
    await using server = await start(stack, "mute:conn=1");
    using client = await stack.dial(server);
    const length = `Content-Length: ${4 * MIB}`;
    await client.send(head("POST", "/", length), noise(4 * MIB));
    using other = await stack.dial(server);
    assertEquals((await other.post("/", "heard")).text, "heard");
    await client.conn.closeWrite();
    const said = await client.rest();
    assert(
      !/\r\n\r\n[^]/.test(new TextDecoder("latin1").decode(said)),
      `it said ${said.length} bytes`,
    );
    const { peer } = client;
    const record = await server.waitFor({ event: "disconnect", peer });
    assert(Number(record.bytesIn) > 4 * MIB);
    const request = await server.waitFor({ event: "request", peer });
    assertEquals([request.bytesIn, request.bytesOut], [4 * MIB, 0]);
  });

  Deno.test(`${stack.name}: refuse turns away the first client and serves the next`, async () => {
    await using server = await start(stack, "refuse:conn=1");
    using first = await stack.dial(server);
    assertEquals((await first.rest()).length, 0);
    const { peer, reason } = await server.waitFor({ event: "refused" });
    assertEquals([peer, reason], [first.peer, "fault"]);
    using next = await stack.dial(server);
    assertEquals(JSON.parse((await next.get("/")).text).connection, 2);
  });
}
