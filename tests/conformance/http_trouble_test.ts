import { assert, assertEquals } from "../assert.ts";
import { noise } from "../client.ts";
import { head, type HttpClient } from "../http_client.ts";
import { HTTP } from "../http_stack.ts";
import type { ServerProcess } from "../server_process.ts";

const MIB = 1024 * 1024;
const STUCK = 10;
// What the garbage collector leaves for later is in it, too.
const MOST_MIB = 128;

/** Asks for much, and never reads. */
async function ask(client: HttpClient): Promise<void> {
  await client.send(head("GET", "/?size=100MiB"));
}

/** Uploads as much as is taken, and never reads. */
async function flood(client: HttpClient): Promise<void> {
  const data = noise(MIB);
  await client.send(head("POST", "/", `Content-Length: ${1024 * MIB}`));
  for (;;) await client.conn.write(data);
}

/** Serves another client until those who are stuck are gone. */
async function serveUntilGone(
  server: ServerProcess,
  other: HttpClient,
): Promise<number> {
  let isOver = false;
  const timeouts = server.waitFor({ reason: "write-timeout" }, STUCK)
    .finally(() => isOver = true);
  timeouts.catch(() => {});
  let most = 0;
  while (!isOver) {
    assertEquals((await other.get("/?size=1000")).body.length, 1000);
    most = Math.max(most, await server.memoryMiB());
  }
  await timeouts;
  return most;
}

for (const stack of HTTP) {
  for (const act of [ask, flood]) {
    Deno.test(`${stack.name}: clients that ${act.name} and never read cost little and nobody else`, async () => {
      await using server = await stack.start("--write-timeout", "500ms");
      {
        using warm = await stack.dial(server);
        await warm.post("/", noise(4 * MIB));
      }
      using other = await stack.dial(server);
      await other.get("/");
      const before = await server.memoryMiB();
      const clients = await Promise.all(
        Array.from({ length: STUCK }, () => stack.dial(server)),
      );
      const acts = clients.map((client) => act(client).catch(() => {}));
      const most = await serveUntilGone(server, other);
      assert(
        most - before < MOST_MIB,
        `${before} MiB grew to ${most} MiB`,
      );
      assertEquals((await other.get("/")).status, 200);
      for (const client of clients) client.close();
      await Promise.all(acts);
      const answers = server.all({ event: "request", status: 200 })
        .filter(({ peer }) => peer !== other.peer);
      assertEquals(answers.length, STUCK + 1);
    });
  }
}
