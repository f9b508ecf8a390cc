import { type EchoRequest, RequestLog } from "../../src/http/requests.ts";
import { WaitError } from "../../src/wait.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { turn } from "../fake_conn.ts";

function requestOn(path: string): EchoRequest {
  return {
    ...{ connection: 1, method: "GET", path, query: "", version: "HTTP/1.1" },
    ...{ headers: new Headers(), status: 200, body: new Uint8Array() },
    text: () => "",
  };
}

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
