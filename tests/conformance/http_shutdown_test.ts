import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { noise, sha256 } from "../client.ts";
import { chunk, concat, head } from "../http_client.ts";
import { HTTP } from "../http_stack.ts";

const MIB = 1024 * 1024;
const CHUNKED = "Transfer-Encoding: chunked";

for (const stack of HTTP) {
  Deno.test(`${stack.name}: SIGTERM ends idle connections at once, and answers what is asked`, async () => {
    await using server = await stack.start("--shutdown-timeout", "1h");
    using idle = await stack.dial(server);
    await idle.get("/");
    using fresh = await stack.dial(server);
    using reading = await stack.dial(server);
    using uploading = await stack.dial(server);
    using waiting = await stack.dial(server);
    await server.waitFor({ event: "connect" }, 5);
    await reading.send(head("GET", "/?size=20MiB"));
    const large = await reading.head();
    await uploading.send(head("POST", "/", CHUNKED), chunk("one, "));
    const upload = await uploading.head();
    const late = waiting.get("/?delay=400ms&size=1MiB");
    // It must have come; an answer on another connection shows that.
    await idle.get("/?delay=100ms");
    server.signal("SIGTERM");
    await server.waitFor({ event: "shutdown", connections: 5 });
    // These end first, for the others do not end before this client wants.
    assertEquals(await idle.ends(), "FIN");
    assertEquals(await fresh.ends(), "FIN");
    await uploading.send(chunk("two"), chunk(""));
    const parts: Uint8Array[] = [];
    assert(await uploading.body(upload, (part) => parts.push(part)));
    assertEquals(new TextDecoder().decode(concat(parts)), "one, two");
    assertEquals((await late).body.length, MIB);
    let bytes = 0;
    assert(await reading.body(large, (part) => bytes += part.length));
    assertEquals(bytes, 20 * MIB);
    for (const client of [uploading, waiting, reading]) {
      assertEquals(await client.ends(), "FIN");
    }
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.all({ reason: "shutdown" }).length, 5);
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: SIGTERM under load leaves no answer half`, async () => {
    await using server = await stack.start();
    const data = noise(100_000);
    const hash = sha256(data);
    let [answered, isStopping] = [0, false];
    const clients = Array.from({ length: 8 }, async () => {
      // A connection that is not accepted any more is refused.
      for (;;) {
        using client = await stack.dial(server).catch(() => {
          assert(isStopping, "a connection was refused");
          return undefined;
        });
        if (!client) return;
        const sending = client.send(
          head("POST", "/", `Content-Length: ${data.length}`),
          data,
        ).catch(() => {});
        // Either there is no answer at all, or it is whole.
        if (!await client.reader.hasMore()) return;
        assertEquals(sha256((await client.answer()).body), hash);
        await sending;
        answered++;
      }
    });
    while (answered < 50) await delay(5);
    isStopping = true;
    server.signal("SIGTERM");
    await Promise.all(clients);
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.all({ event: "error" }), []);
  });

  Deno.test(`${stack.name}: a client that goes on for ever is dropped at --shutdown-timeout`, async () => {
    await using server = await stack.start("--shutdown-timeout", "300ms");
    using stuck = await stack.dial(server);
    await stuck.send(head("GET", "/?size=100MiB"));
    await stuck.head();
    using endless = await stack.dial(server);
    await endless.send(head("POST", "/", CHUNKED), chunk("a"));
    const answer = await endless.head();
    server.signal("SIGTERM");
    const isWhole = await endless.body(answer, () => {});
    assert(!isWhole, "what has no end has come whole");
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.all({ reason: "shutdown" }).length, 2);
  });
}
