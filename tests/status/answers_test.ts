import {
  errorAnswer,
  finishAnswer,
  HttpError,
  jsonAnswer,
  prefersJson,
} from "../../src/status/answers.ts";
import { assertEquals } from "../assert.ts";

function ask(path: string, accept?: string, method = "GET"): Request {
  const headers: HeadersInit = accept === undefined ? {} : { accept };
  return new Request(`http://127.0.0.1:9090${path}`, { method, headers });
}

Deno.test("prefersJson goes by Accept, and by the path where that is open", () => {
  const browser = "text/html,application/xhtml+xml,*/*;q=0.8";
  const cases: [accept: string | null, below: boolean, besides: boolean][] = [
    [null, true, false],
    ["", true, false],
    ["*/*", true, false],
    [browser, true, false],
    ["application/json", true, true],
    ["APPLICATION/JSON ; Q=0.5", true, true],
    ["application/*", true, true],
    ["application/json, */*", true, true],
    ["application/json, text/plain", true, false],
    ["application/json;q=0.9, text/plain;q=0.8", true, true],
    ["text/plain", false, false],
    ["text/*", false, false],
    ["text/plain, */*", false, false],
    ["application/json;q=0, */*", false, false],
    ["application/json;q=0", true, false],
    ["application/json;q=0.1, text/plain", false, false],
    ["text/event-stream", true, false],
    ["application/json;q=nonsense", true, false],
    [";;,,=", true, false],
  ];
  for (const [accept, below, besides] of cases) {
    assertEquals(prefersJson(accept, "/api/x"), below, `below: ${accept}`);
    assertEquals(prefersJson(accept, "/metrics"), besides, `${accept}`);
  }
});

Deno.test("an error is JSON or one line of text, with its header", async () => {
  const error = new HttpError(405, 'Cannot "PUT"', { allow: "GET" });
  const json = errorAnswer(ask("/api/x"), error);
  assertEquals(json.status, 405);
  assertEquals(json.headers.get("allow"), "GET");
  assertEquals(json.headers.get("content-type"), "application/json");
  assertEquals(await json.json(), { error: 'Cannot "PUT"' });

  const text = errorAnswer(ask("/x"), error);
  assertEquals(text.status, 405);
  assertEquals(text.headers.get("allow"), "GET");
  assertEquals(text.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(await text.text(), 'Cannot "PUT"\n');
});

Deno.test("what an error quotes stays on one line of bounded length", async () => {
  const broken = new HttpError(400, "a\r\n\tb\u2028c\u001b[31m");
  const text = await errorAnswer(ask("/x"), broken).text();
  assertEquals(text, "a b c [31m\n");

  const long = new HttpError(400, "x".repeat(100_000));
  const answer = await errorAnswer(ask("/api/x"), long).json();
  assertEquals(answer.error.length, 1000);
  assertEquals(answer.error.endsWith("x…"), true);
});

Deno.test("no answer is stored, sniffed or shared with other sites", async () => {
  const plain = jsonAnswer({}, { headers: { "x-kept": "yes" } });
  const { headers } = await finishAnswer(ask("/x"), plain);
  assertEquals(Object.fromEntries(headers), {
    "cache-control": "no-store",
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
    "x-kept": "yes",
  });
});

Deno.test("HEAD gets the header alone, and the body is cancelled", async () => {
  let cancelled = 0;
  const body = new ReadableStream({ cancel: () => void cancelled++ });
  const stream = new Response(body, { status: 503, headers: { "x-a": "b" } });
  const request = ask("/x", undefined, "HEAD");
  const answer = await finishAnswer(request, stream);
  assertEquals(answer.body, null);
  assertEquals(answer.status, 503);
  assertEquals(answer.headers.get("x-a"), "b");
  assertEquals(cancelled, 1);
});
