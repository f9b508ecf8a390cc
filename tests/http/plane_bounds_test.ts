import { assertEquals } from "../assert.ts";
import { turn } from "../fake_conn.ts";
import { requestOf, startPlane, until } from "./fake_web.ts";

const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
};

/** A plane with one client, whose connection is open. */
async function open() {
  const started = await startPlane();
  const served = started.serve();
  await until(() => started.web.inners.length === 1);
  // The port of a connection is known a moment after it is open.
  await turn();
  return { ...started, ...served };
}

Deno.test("HttpPlane answers 256 requests of a connection at once, and no more", async () => {
  const { web, plane, close } = await open();
  const slow = Array.from(
    { length: 256 },
    () => web.ask(requestOf("/?delay=60s")),
  );
  const { status } = await web.ask(requestOf("/"));
  assertEquals(status, 429);
  // Who was turned away is no request that is being answered.
  assertEquals(plane.stats.requests, 256);
  await close();
  await Promise.all(slow);
});

Deno.test("HttpPlane opens no WebSocket for whom does not wait for the answer", async () => {
  for (const early of ["", "a frame"]) {
    const isEarly = early !== "";
    const { web, conn, plane, close } = await open();
    conn.send(`GET / HTTP/1.1\r\nHost: a\r\n\r\n${early}`);
    await until(() => web.inners[0].written.includes("Host"));
    const { status } = await web.ask(requestOf("/", { headers: UPGRADE }));
    assertEquals(status === 400, isEarly, early);
    assertEquals(plane.stats.webSockets, isEarly ? 0 : 1);
    await close();
  }
});

Deno.test("a body that nobody sees is not made", async () => {
  for (const path of ["/?size=100MiB", "/?size=100MiB&status=204"]) {
    const { web, close } = await open();
    const method = path.includes("status") ? "GET" : "HEAD";
    let isAnswered = false;
    const answer = web.ask(requestOf(path, { method })).then((response) => {
      isAnswered = true;
      return response;
    });
    // A hundred MiB take thousands of turns to read.
    for (let i = 0; i < 20; i++) await Promise.resolve();
    assertEquals(isAnswered, true, path);
    assertEquals((await answer).body, null);
    await close();
  }
});
