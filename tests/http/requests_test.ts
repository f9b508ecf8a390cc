import {
  type EchoRequest,
  KeptRequest,
  RequestLog,
} from "../../src/http/requests.ts";
import { WaitError } from "../../src/wait.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
} from "../assert.ts";
import { bytesOf, turn } from "../fake_conn.ts";
import { exchangeOf, requestOf } from "./fake_web.ts";

/** A request that is over. */
function requestOn(path: string): EchoRequest {
  return {
    ...{ connection: 1, method: "GET", path, query: "", version: "HTTP/1.1" },
    ...{ headers: new Headers(), status: 200, body: new Uint8Array() },
    text: () => "",
  };
}

Deno.test("KeptRequest tells what was asked, on which connection, and how it was answered", () => {
  const { exchange } = exchangeOf(
    requestOf("/a/%20b?c=d&e", { method: "PUT", headers: { "x-a": "1" } }),
    { guest: { id: 7 } },
  );
  assertEquals(exchange.kept.status, 0);
  exchange.status = 503;
  const { connection, method, path, query, version, status, headers } =
    exchange.kept;
  assertEquals(
    { connection, method, path, query, version, status },
    {
      ...{ connection: 7, method: "PUT", path: "/a/%20b", query: "c=d&e" },
      ...{ version: "HTTP/1.1", status: 503 },
    },
  );
  assertEquals(headers.get("x-a"), "1");
});

Deno.test("KeptRequest has of the body what there was room for, each time a copy", () => {
  const { exchange } = exchangeOf(requestOf("/"), {
    options: { recordLimit: 4 },
  });
  for (const part of ["abc", "d\u00e9", ""]) exchange.receive(bytesOf(part));
  const { kept } = exchange;
  assertEquals(kept.body, bytesOf("abcd"));
  kept.body.fill(0);
  assertEquals([kept.body, kept.text()], [bytesOf("abcd"), "abcd"]);
});

Deno.test("KeptRequest has no body to look at where the server does not record", () => {
  const { exchange } = exchangeOf(requestOf("/"));
  exchange.receive(bytesOf("abc"));
  const { kept } = exchange;
  for (const look of [() => kept.body, () => kept.text()]) {
    assertThrows(look, TypeError, "start the server with record: true");
  }
});

Deno.test("KeptRequest keeps nothing of its connection, nor the runtime's request", () => {
  const request = requestOf("/a?b", { body: "abc" });
  const options = { isKept: true, recordLimit: 9 };
  const { kept } = exchangeOf(request, { options }).exchange;
  assert(kept instanceof KeptRequest);
  const objects = Object.values(kept).filter((value) =>
    Object(value) === value
  );
  assertEquals(objects, [kept.headers]);
  assert(kept.headers !== request.headers);
});

/** A log that has seen requests for `/1`, `/2` and so on. */
function logOf(most: number, requests: number) {
  const log = new RequestLog(most);
  for (let n = 1; n <= requests; n++) log.add(requestOn(`/${n}`));
  return log;
}

const pathsOf = (log: RequestLog) => log.all.map(({ path }) => path);

Deno.test("RequestLog keeps the latest requests, the oldest first", () => {
  assertEquals(pathsOf(logOf(3, 0)), []);
  assertEquals(pathsOf(logOf(3, 2)), ["/1", "/2"]);
  assertEquals(pathsOf(logOf(3, 5)), ["/3", "/4", "/5"]);
  assertEquals(pathsOf(logOf(1, 4)), ["/4"]);
  assertEquals(pathsOf(logOf(0, 4)), []);
});

Deno.test("RequestLog gives a request that has come, under its number", async () => {
  const log = logOf(2, 3);
  for (const n of [2, 3]) {
    assertEquals((await log.waitFor(n)).path, `/${n}`);
  }
});

Deno.test("RequestLog waits for requests that are still to come, each for its own", async () => {
  const log = logOf(5, 1);
  const seen: string[] = [];
  const waits = [3, 2, 3].map((n) =>
    log.waitFor(n).then(({ path }) => seen.push(path))
  );
  await turn();
  assertEquals(seen, []);
  log.add(requestOn("/2"));
  await turn();
  assertEquals(seen, ["/2"]);
  log.add(requestOn("/3"));
  await Promise.all(waits);
  assertEquals(seen, ["/2", "/3", "/3"]);
});

Deno.test("RequestLog says at once that a request is forgotten", async () => {
  await assertRejects(
    () => logOf(2, 3).waitFor(1, { timeoutMs: 60_000 }),
    WaitError,
    "request 1, which is no longer remembered; the latest that was answered " +
      "is number 3",
  );
});

Deno.test("RequestLog tells those who wait in vain what there was, in time or at the end", async () => {
  await assertRejects(
    () => logOf(2, 1).waitFor(2, { timeoutMs: 1 }),
    WaitError,
    "Waited 1 ms for request 2, the latest that was answered is number 1",
  );
  const log = logOf(2, 1);
  const wait = log.waitFor(2, { timeoutMs: 60_000 });
  log.end();
  await assertRejects(
    () => wait,
    WaitError,
    "request 2, the latest that was answered is number 1, and the server has " +
      "stopped",
  );
  await assertRejects(
    () => log.waitFor(7, { timeoutMs: 60_000 }),
    WaitError,
    "has stopped",
  );
  assertEquals((await log.waitFor(1)).path, "/1");
});
