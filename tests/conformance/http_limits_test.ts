import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { connect, noise, peerOf, send } from "../client.ts";
import { head, HttpClient } from "../http_client.ts";
import { HTTP, HTTP_AND_HTTPS, type HttpStack } from "../http_stack.ts";
import type { ServerProcess } from "../server_process.ts";
import { certificateOf } from "../transports.ts";

const PROXY = ["--proxy-protocol", "require", "--trusted-proxy", "127.0.0.1"];

/** Asserts that a connection ends, and what the record says of that. */
async function endsFor(
  server: ServerProcess,
  client: HttpClient,
  reason: string,
): Promise<void> {
  await client.rest();
  const { peer } = client;
  const record = await server.waitFor({ event: "disconnect", peer });
  assertEquals(record.reason, reason);
}

/** Connects as a proxy does that speaks for somebody else. */
async function dialFor(
  { scheme }: HttpStack,
  server: ServerProcess,
  ip: string,
): Promise<HttpClient> {
  const conn = await connect(server.port);
  const header = `PROXY TCP4 ${ip} 198.51.100.7 54321 80\r\n`;
  await send(conn, new TextEncoder().encode(header));
  if (scheme === "http") return new HttpClient(conn);
  const caCerts = [await certificateOf(server)];
  const hostname = "127.0.0.1";
  return new HttpClient(await Deno.startTls(conn, { hostname, caCerts }));
}

for (const stack of HTTP_AND_HTTPS) {
  Deno.test(`${stack.name}: a PROXY header tells of the client, for whom it is answered`, async () => {
    const perIp = ["--max-connections-per-ip", "1"];
    await using server = await stack.start(...PROXY, ...perIp);
    using client = await dialFor(stack, server, "192.0.2.1");
    const { text } = await client.get("/behind");
    const told = JSON.parse(text);
    assertEquals(told.client, "192.0.2.1:54321");
    assertEquals(told.peer, peerOf(client.conn));
    // Who is counted is the client, not the proxy.
    using other = await dialFor(stack, server, "192.0.2.2");
    assertEquals(JSON.parse((await other.get()).text).connection, 2);
    using third = await dialFor(stack, server, "192.0.2.1");
    await third.rest().catch(() => {});
    const refused = await server.waitFor({ event: "refused" });
    assertEquals(refused.reason, "max-connections-per-ip");
    assertEquals(refused.client, "192.0.2.1:54321");
    for (const event of ["connect", "request"]) {
      const record = await server.waitFor({ event, id: 1 });
      assertEquals(record.client, "192.0.2.1:54321");
    }
    assertEquals((await client.get("/again")).status, 200);
  });
}

for (const stack of HTTP) {
  Deno.test(`${stack.name}: --handshake-timeout ends a header that never ends, and no slow body`, async () => {
    await using server = await stack.start("--handshake-timeout", "300ms");
    using slow = await stack.dial(server);
    const parts = 4;
    await slow.send(head("POST", "/", `Content-Length: ${parts}`));
    const upload = async () => {
      for (let i = 0; i < parts; i++) {
        await slow.send("a");
        await delay(200);
      }
    };
    const uploading = upload();
    using dripping = await stack.dial(server);
    using late = await stack.dial(server);
    using silent = await stack.dial(server);
    await late.get("/");
    await silent.get("/");
    const drip = async (client: HttpClient) => {
      await client.send("GET / HTTP/1.1\r\nHost: a\r\n");
      // Who says something now and then is not idle, and yet too slow.
      while (!client.reader.end) {
        await client.send("X-A: b\r\n").catch(() => {});
        await delay(50);
      }
    };
    const drips = [dripping, late].map(drip);
    await Promise.all([
      endsFor(server, dripping, "request-timeout"),
      endsFor(server, late, "request-timeout"),
    ]);
    assertEquals((await slow.answer()).text, "aaaa");
    await uploading;
    // What has not begun to ask is not late.
    assertEquals((await silent.get("/")).status, 200);
    await Promise.all(drips);
  });

  Deno.test(`${stack.name}: --idle-timeout ends connections on which nothing moves`, async () => {
    await using server = await stack.start("--idle-timeout", "300ms");
    using idle = await stack.dial(server);
    using stalled = await stack.dial(server);
    using unsaid = await stack.dial(server);
    using waiting = await stack.dial(server);
    await idle.get("/");
    await stalled.send(head("POST", "/", "Content-Length: 10"), "hello");
    const answer = waiting.get("/?delay=800ms");
    await Promise.all([
      endsFor(server, idle, "idle-timeout"),
      endsFor(server, unsaid, "idle-timeout"),
    ]);
    const { isWhole } = await stalled.cutAnswer();
    assert(!isWhole, "half a body came back as a whole one");
    await endsFor(server, stalled, "idle-timeout");
    // An answer that is asked for later is no silence.
    assertEquals((await answer).status, 200);
  });

  Deno.test(`${stack.name}: --max-connections turns away the next, and nobody else`, async () => {
    await using server = await stack.start("--max-connections", "2");
    const first = await stack.dial(server);
    using second = await stack.dial(server);
    await first.get("/");
    await second.get("/");
    using third = await stack.dial(server);
    assertEquals((await third.rest()).length, 0);
    const { peer, reason } = await server.waitFor({ event: "refused" });
    assertEquals([peer, reason], [third.peer, "max-connections"]);
    await first.get("/");
    await second.get("/");
    first.close();
    await server.waitFor({ event: "disconnect", id: 1 });
    using fourth = await stack.dial(server);
    await fourth.get("/");
  });

  Deno.test(`${stack.name}: --max-bytes takes so much, answers what came whole, and ends`, async () => {
    const most = 1024;
    await using server = await stack.start("--max-bytes", `${most}`);
    using busy = await stack.dial(server);
    const request = head("GET", "/?size=10", `X-A: ${"a".repeat(300)}`);
    const whole = Math.floor(most / request.length);
    for (let i = 0; i < whole; i++) {
      await busy.send(request);
      assertEquals((await busy.answer()).text.length, 10);
    }
    // This one is cut within its header.
    await busy.send(request);
    await endsFor(server, busy, "max-bytes");
    using exact = await stack.dial(server);
    const header = head("POST", "/", "Content-Length: 900");
    const fill = `X-A: ${"b".repeat(most - header.length - 900 - 7)}`;
    const full = head("POST", "/", "Content-Length: 900", fill);
    assertEquals(full.length + 900, most);
    const { text } = await exact.upload([full, "c".repeat(900)]);
    assertEquals(text, "c".repeat(900));
    await endsFor(server, exact, "max-bytes");
    using long = await stack.dial(server);
    await long.send(head("POST", "/", "Content-Length: 5000"), noise(5000));
    const { isWhole } = await long.cutAnswer();
    assert(!isWhole, "half a body came back as a whole one");
    await endsFor(server, long, "max-bytes");
    for (const { peer } of [busy, exact, long]) {
      const record = await server.waitFor({ event: "disconnect", peer });
      assertEquals(record.bytesIn, most);
    }
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: --max-lifetime ends a busy client, and tears no answer`, async () => {
    await using server = await stack.start("--max-lifetime", "300ms");
    using client = await stack.dial(server);
    let answers = 0;
    for (;;) {
      // It may end between two answers, and nowhere else.
      await client.send(head("GET", "/?size=100KiB")).catch(() => {});
      if (!await client.reader.hasMore()) break;
      const { body } = await client.answer();
      assertEquals(body.length, 100 * 1024);
      answers++;
    }
    assert(answers > 0);
    await endsFor(server, client, "max-lifetime");
  });
}
