import type { ServerRecord } from "../../src/records.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { inTime, tcp, turn } from "../fake_conn.ts";
import {
  FakeSocket,
  hitsOf,
  messagePlanOf,
  requestOf,
  startPlane,
  until,
} from "./fake_web.ts";

/** A plane with one client, whose connection is open. */
async function open(
  options?: Parameters<typeof startPlane>[0],
  guest?: Parameters<Awaited<ReturnType<typeof startPlane>>["serve"]>[0],
) {
  const started = await startPlane(options);
  const served = started.serve(guest);
  await until(() => started.web.inners.length === 1);
  // The port of a connection is known a moment after it is open.
  await turn();
  return { ...started, ...served, inner: started.web.inners[0] };
}

/** The fields of a request for a WebSocket. */
const UPGRADE = {
  connection: "Upgrade",
  upgrade: "WebSocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

/** A record without its time. */
function timeless(record: ServerRecord): Record<string, unknown> {
  assert("durationMs" in record && Number.isInteger(record.durationMs));
  return { ...record, durationMs: 0 };
}

Deno.test("HttpPlane starts the runtime's server on loopback, and closes it", async () => {
  const { web, plane, records } = await startPlane({ maxMessage: 7 });
  const { addr, maxMessage, onError } = web.options!;
  assertEquals(addr, { transport: "http", hostname: "127.0.0.1", port: 0 });
  assertEquals(maxMessage, 7);
  onError(new Error("broken"));
  assertEquals(records, [{ event: "error", message: "HTTP: broken" }]);
  const wait = plane.requests.waitFor(1, { timeoutMs: 60_000 });
  await plane.close();
  assertEquals(web.closes, 1);
  await assertRejects(() => wait, Error, "the server has stopped");
  const usual = await startPlane();
  assertEquals(usual.web.options?.maxMessage, 16 * 2 ** 20);
});

Deno.test("HttpPlane answers, records and counts each request", async () => {
  const { web, plane, records, observed, close } = await open({}, {
    id: 7,
    client: tcp("2001:db8::1", 5),
  });
  const path = "/a%20b?secret=1&status=503";
  const response = await web.ask(requestOf(path, { body: "abc" }));
  assertEquals([response.status, await response.text()], [503, "abc"]);
  await turn();
  assertEquals(records.map(timeless), [{
    ...{ event: "request", id: 7 },
    ...{ peer: "192.0.2.1:50000", client: "[2001:db8::1]:5" },
    ...{ method: "POST", path: "/a%20b", status: 503 },
    ...{ bytesIn: 3, bytesOut: 3, durationMs: 0 },
  }]);
  await (await web.ask(requestOf("/"))).text();
  await (await web.ask(requestOf("/"))).text();
  await turn();
  assertEquals(plane.stats, {
    requests: 3,
    answers: { 200: 2, 503: 1 },
    ...{ webSockets: 0, messagesIn: 0, messagesOut: 0 },
  });
  assertEquals(observed.length, 3);
  await close();
});

Deno.test("HttpPlane measures each request once, faults or not", async () => {
  const hits = hitsOf({ kind: "slicer", size: 2 });
  const { web, observed, records, close } = await open({}, { hits });
  await (await web.ask(requestOf("/", { body: "abc" }))).text();
  await until(() => records.length === 1);
  assertEquals(observed.length, 1);
  await close();
});

Deno.test("HttpPlane neither measures nor counts what was never answered", async () => {
  const hits = hitsOf({ kind: "mute" });
  const { web, plane, observed, records, close } = await open({}, { hits });
  const asking = web.ask(requestOf("/", { body: "abc" }));
  await turn();
  await close();
  await inTime(asking, "an answer that nobody gets");
  const statuses = records.map((one) => "status" in one && one.status);
  assertEquals([statuses, observed, plane.stats.answers], [[0], [], {}]);
});

Deno.test("HttpPlane measures no delay that a client has asked for", async () => {
  const { web, observed, records, close } = await open();
  await (await web.ask(requestOf("/?delay=30ms"))).text();
  await turn();
  const [record] = records;
  assert("durationMs" in record);
  // What is recorded is all of its time. A timer may fire up to a millisecond
  // early, and a record is rounded.
  const heldMs = record.durationMs - observed[0];
  assert(heldMs >= 28.5 && observed[0] >= 0, `${heldMs}, ${observed}`);
  await close();
});

Deno.test("HttpPlane keeps requests to be waited for, with their fields and bodies", async () => {
  const { web, plane, close } = await open({ history: 2, recordLimit: 2 });
  for (const body of ["abc", "d", "e"]) {
    const headers = { "x-a": body };
    const response = await web.ask(requestOf("/?q", { body, headers }));
    await response.text();
  }
  await turn();
  assertEquals(plane.requests.all.map((one) => one.text()), ["d", "e"]);
  const latest = await plane.requests.waitFor(3);
  assertEquals([latest.headers.get("x-a"), latest.query], ["e", "q"]);
  await close();
});

Deno.test("HttpPlane shortens a long path in records alone", async () => {
  const { web, plane, records, close } = await open({ history: 9 });
  for (const length of [256, 257, 5000]) {
    const path = `/${"x".repeat(length - 1)}`;
    await (await web.ask(requestOf(path))).text();
    await turn();
    const record = records.at(-1)!;
    assert("path" in record);
    const shown = length > 256 ? `${path.slice(0, 256)}...` : path;
    assertEquals(record.path, shown);
    assertEquals(plane.requests.all.at(-1)?.path, path);
  }
  await close();
});

Deno.test("HttpPlane answers nobody who comes to its port by another way", async () => {
  const { web, plane, records, inner, close } = await open();
  const others = [
    { port: inner.localPort + 1 },
    { port: 0 },
    { hostname: "127.0.0.2", port: inner.localPort },
  ];
  for (const from of others) {
    const response = await web.ask(requestOf("/"), from);
    assertEquals(
      [response.status, await response.text()],
      [421, "Not a listener\n"],
      JSON.stringify(from),
    );
  }
  assertEquals([records, plane.stats.requests], [[], 0]);
  await close();
  const late = await web.ask(requestOf("/"), { port: inner.localPort });
  assertEquals(late.status, 421);
});

Deno.test("HttpPlane tells its connections apart", async () => {
  const { web, serve, records } = await startPlane();
  const first = serve({ id: 1 });
  const second = serve({ id: 2 });
  await until(() => web.inners.length === 2);
  await turn();
  for (const { localPort: port } of [...web.inners].reverse()) {
    await (await web.ask(requestOf("/"), { port })).text();
  }
  await turn();
  assertEquals(records.map((one) => "id" in one && one.id), [2, 1]);
  await first.close();
  await second.close();
});

Deno.test("HttpPlane fails a connection where its server cannot be reached", async () => {
  const { web, serve } = await startPlane();
  web.refusal = new Error("too many files");
  const { echo, conn } = serve();
  await assertRejects(
    () => inTime(echo.finished, "its end"),
    Error,
    "too many files",
  );
  assertEquals(conn.closed, false);
});

Deno.test("HttpPlane records a request that its client did not wait for", async () => {
  const { web, records, plane, close } = await open();
  const asking = web.ask(requestOf("/?delay=60s"));
  await turn();
  assertEquals([records.length, plane.stats.requests], [0, 1]);
  await close();
  await inTime(asking, "an answer that nobody gets");
  assertEquals(records.length, 1);
});

Deno.test("HttpPlane opens a WebSocket, and counts and records it", async () => {
  const { web, plane, records, observed, close } = await open({ history: 1 });
  const headers = { ...UPGRADE, "sec-websocket-protocol": "a, b" };
  await web.ask(requestOf("/ws", { headers }));
  const [handler] = web.handlers;
  assertEquals(handler.protocol, "a");
  const socket = new FakeSocket();
  handler.onOpen(socket);
  for (const data of ["abc", new Uint8Array(2)]) handler.onMessage(data);
  const { webSockets, messagesIn, messagesOut, answers } = plane.stats;
  assertEquals([webSockets, messagesIn, messagesOut, answers], [1, 2, 2, {}]);
  assertEquals([socket.sent.length, observed.length], [2, 2]);
  handler.onClose(4000);
  assertEquals(records.map(timeless), [{
    ...{ event: "request", id: 1, peer: "192.0.2.1:50000", method: "GET" },
    ...{ path: "/ws", status: 101, bytesIn: 5, bytesOut: 5, durationMs: 0 },
    ...{ messages: 2, code: 4000 },
  }]);
  assertEquals(plane.stats.webSockets, 0);
  assertEquals(plane.stats.answers, { 101: 1 });
  assertEquals((await plane.requests.waitFor(1)).status, 101);
  await close();
});

Deno.test("HttpPlane tells no code of a WebSocket that ends without one", async () => {
  const { web, records, close } = await open();
  await web.ask(requestOf("/", { headers: UPGRADE }));
  web.handlers[0].onOpen(new FakeSocket());
  await close();
  const [record] = records;
  assert("messages" in record && record.messages === 0);
  assert(!("code" in record), "a key without a value");
});

Deno.test("HttpPlane counts messages over all WebSockets, and lets faults be changed", async () => {
  const { web, plane, close } = await open({
    plan: messagePlanOf({ kind: "drop", conn: 3 }),
  });
  const sockets = [new FakeSocket(), new FakeSocket()];
  for (const [at, socket] of sockets.entries()) {
    await web.ask(requestOf("/", { headers: UPGRADE }));
    web.handlers[at].onOpen(socket);
  }
  for (const data of ["1", "2", "3", "4"]) {
    web.handlers[Number(data) % 2].onMessage(data);
  }
  assertEquals(sockets.map(({ sent }) => sent), [["2", "4"], ["1"]]);
  plane.plan = messagePlanOf({ kind: "duplicate" });
  web.handlers[0].onMessage("5");
  assertEquals(sockets[0].sent, ["2", "4", "5", "5"]);
  await close();
});

Deno.test("HttpPlane speaks version 13 of the WebSocket protocol alone", async () => {
  const { web, plane, close } = await open();
  for (const version of ["", "8", "14", "13, 8"]) {
    const headers = { ...UPGRADE, "sec-websocket-version": version };
    const response = await web.ask(requestOf("/", { headers }));
    assertEquals(response.status, 426, version);
    assertEquals(response.headers.get("sec-websocket-version"), "13");
    await response.text();
  }
  assertEquals([web.handlers.length, plane.stats.webSockets], [0, 0]);
  const other = { ...UPGRADE, upgrade: "h2c" };
  const response = await web.ask(requestOf("/", { headers: other }));
  assertEquals(JSON.parse(await response.text()).headers.upgrade, "h2c");
  await close();
});

Deno.test("HttpPlane refuses what the runtime takes for no WebSocket", async () => {
  const { web, plane, records, close } = await open();
  web.upgradeError = new TypeError("no key");
  const response = await web.ask(requestOf("/", { headers: UPGRADE }));
  assertEquals(
    [response.status, await response.text()],
    [400, "Cannot open a WebSocket: no key\n"],
  );
  assertEquals(response.headers.get("connection"), "close");
  await turn();
  assertEquals([records.length, plane.stats.webSockets], [1, 0]);
  assert(!("messages" in records[0]));
  await close();
});

Deno.test("a client that has sent its request and FIN gets its answer, however late", async () => {
  for (const body of [undefined, "abc"]) {
    const { web, conn, inner, close } = await open();
    conn.send("POST / HTTP/1.1\r\n\r\n");
    await inner.until(() => inner.written !== "");
    const asking = web.ask(requestOf("/?delay=300ms", { body }));
    conn.sendFin();
    const response = await asking;
    // FIN would be taken for a client that has left, and the answer be lost.
    assertEquals(inner.calls, [], `${body}`);
    await response.body?.cancel();
    await close();
  }
});
