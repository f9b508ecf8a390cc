import { OptionError } from "../../src/errors.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { bearer, startStatus } from "./fake_status.ts";
import { disconnect, FakeSubject, someStats } from "./fake_subject.ts";
import { lintMetrics } from "./prometheus_lint.ts";

const TOKEN = "s3cret-0123456789";
const PATHS = [
  ...["/", "/health", "/metrics", "/api/status", "/api/events", "/api/faults"],
];

async function drop(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return answer;
}

/** Asks for something and gives back the status and the JSON. */
async function jsonOf(answer: Response): Promise<[number, unknown]> {
  assertEquals(answer.headers.get("content-type"), "application/json");
  return [answer.status, await answer.json()];
}

Deno.test("/health tells whether the server takes newcomers", async () => {
  await using it = await startStatus();
  const [status, body] = await jsonOf(await it.ask("/health"));
  assertEquals(status, 200);
  const { timestamp, ...rest } = body as Record<string, string>;
  assertEquals(rest, { status: "healthy" });
  assertEquals(new Date(timestamp).toISOString(), timestamp);

  it.subject.state = "draining";
  const answer = await it.ask("/health");
  assertEquals(answer.status, 503);
  assertEquals((await answer.json()).status, "draining");
});

Deno.test("/api/status has what the server does and has done", async () => {
  await using it = await startStatus();
  it.subject.connect(2, 1);
  it.subject.stats = someStats();
  it.status.record(disconnect({ id: 7, reason: "reset" }));
  const [status, body] = await jsonOf(await it.ask("/api/status"));
  assertEquals(status, 200);
  const { version, connections } = body as {
    version: string;
    connections: Record<"list" | "recent", { id: number }[]>;
  };
  assertEquals(version, "1.2.3");
  assertEquals(connections.list.map(({ id }) => id), [1, 2]);
  assertEquals(connections.recent.map(({ id }) => id), [7]);
});

Deno.test("/metrics is in the text format of Prometheus", async () => {
  await using it = await startStatus();
  it.subject.stats = someStats();
  const answer = await it.ask("/metrics");
  assertEquals(
    answer.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
  const text = await answer.text();
  assertEquals(lintMetrics(text), []);
  assertMatch(text, /^echod_connections_total\{protocol="tcp"\} 6$/m);
});

Deno.test("/api/events sends what /api/status answers", async () => {
  await using it = await startStatus();
  const answer = await it.ask("/api/events");
  assertEquals(answer.headers.get("content-type"), "text/event-stream");
  assertEquals(answer.headers.get("cache-control"), "no-store");
  const reader = answer.body!.getReader();
  const event = new TextDecoder().decode((await reader.read()).value);
  const [, data] = /^event: status\ndata: (.*)\n\n$/.exec(event) ?? [];
  const [, status] = await jsonOf(await it.ask("/api/status"));
  const keys = (value: unknown) => Object.keys(value as object);
  assertEquals(keys(JSON.parse(data)), keys(status));
  await reader.cancel();
});

Deno.test("/ is the page", async () => {
  const page = { html: "<p>hi", styleSource: "'s'", scriptSource: "'t'" };
  const subject = new FakeSubject();
  subject.urls = ["http://0.0.0.0:81"];
  await using it = await startStatus({ subject, page });
  const answer = await it.status.handle(new Request("http://[::1]:9090/?x"));
  assertEquals(await answer.text(), "<p>hi");
  const policy = answer.headers.get("content-security-policy")!;
  assert(policy.includes("connect-src 'self' ws:;"), policy);
  const local = await drop(await it.ask("/"));
  const localPolicy = local.headers.get("content-security-policy")!;
  assert(localPolicy.includes("'self' ws://127.0.0.1:81;"), localPolicy);
});

Deno.test("HEAD is answered as GET is, without a body", async () => {
  await using it = await startStatus();
  for (const path of [...PATHS, "/nowhere"]) {
    const get = await drop(await it.ask(path));
    const head = await it.ask(path, { method: "HEAD" });
    assertEquals(head.body, null, path);
    assertEquals(head.status, get.status, path);
    assertEquals([...head.headers], [...get.headers], path);
  }
});

Deno.test("other methods are 405, and Allow has those that work", async () => {
  await using it = await startStatus({ token: TOKEN });
  for (const path of PATHS) {
    const allow = path === "/api/faults" ? "GET, HEAD, PUT" : "GET, HEAD";
    for (const method of ["POST", "DELETE", "OPTIONS", "PATCH", "PUT"]) {
      if (allow.includes(method)) continue;
      const answer = await it.ask(path, { method, ...bearer(TOKEN) });
      assertEquals(answer.status, 405, `${method} ${path}`);
      assertEquals(answer.headers.get("allow"), allow);
      assertEquals(answer.headers.has("access-control-allow-origin"), false);
      const text = await answer.text();
      assert(text.includes(`Cannot ${method} ${path}: expected one of`), text);
    }
  }
});

Deno.test("unknown paths are 404, those with another slash too", async () => {
  await using it = await startStatus();
  for (
    const path of [
      ...["/nowhere", "/health/", "/api/status/", "/api", "/api/", "/metrics/"],
      ...["/HEALTH", "/api%2Fstatus", "/index.html", "/constructor", "/%00"],
    ]
  ) {
    const answer = await it.ask(path, { headers: { accept: "text/plain" } });
    assertEquals(answer.status, 404, path);
    assertEquals((await answer.text()).split("\n").length, 2, path);
  }
  const twice = new Request("http://127.0.0.1:9090//health");
  assertEquals((await drop(await it.status.handle(twice))).status, 404);
});

Deno.test("errors are JSON or text, as the request likes", async () => {
  await using it = await startStatus();
  const typeOf = async (path: string, accept: string) => {
    const answer = await drop(await it.ask(path, { headers: { accept } }));
    return answer.headers.get("content-type");
  };
  assertEquals(await typeOf("/api/x", "*/*"), "application/json");
  assertEquals(await typeOf("/x", "application/json"), "application/json");
  assertEquals(await typeOf("/x", "*/*"), "text/plain; charset=utf-8");
  assertEquals(await typeOf("/api/x", "text/*"), "text/plain; charset=utf-8");
});

Deno.test("with a token, all but /health needs it", async () => {
  await using it = await startStatus({ token: TOKEN });
  for (const path of [...PATHS, "/nowhere", "/health/"]) {
    const [without, wrong, given, basic] = await Promise.all([
      it.ask(path),
      it.ask(path, bearer("wrong")),
      it.ask(path, bearer(TOKEN)),
      it.ask(path, {
        headers: { authorization: `Basic ${btoa(`me:${TOKEN}`)}` },
      }),
    ].map(async (answer) => await drop(await answer)));
    const isOpen = path === "/health";
    const usual = ["/nowhere", "/health/"].includes(path) ? 404 : 200;
    assertEquals(without.status, isOpen ? 200 : 401, path);
    assertEquals(wrong.status, isOpen ? 200 : 401, path);
    assertEquals(given.status, usual, path);
    assertEquals(basic.status, usual, path);
    const challenge = without.headers.get("www-authenticate");
    assertEquals(challenge !== null, !isOpen);
  }
});

Deno.test("no answer has the token in it", async () => {
  await using it = await startStatus({ token: TOKEN });
  const url = "http://127.0.0.1:9090";
  for (const path of [...PATHS, "/nowhere"]) {
    for (const method of ["GET", "PUT", "POST"]) {
      for (const given of [TOKEN, `${TOKEN}x`]) {
        const init = { method, ...bearer(given), body: null };
        const answer = await it.status.handle(new Request(url + path, init));
        const reader = answer.body!.getReader();
        const text = new TextDecoder().decode((await reader.read()).value);
        await reader.cancel();
        const header = JSON.stringify([...answer.headers]);
        assert(!(text + header).includes(TOKEN), `${method} ${path}`);
      }
    }
  }
});

Deno.test("without a token, names of other hosts get nothing", async () => {
  await using it = await startStatus();
  for (const path of [...PATHS, "/nowhere"]) {
    const headers = { host: "evil.test:9090" };
    const answer = await it.ask(path, { headers });
    assertEquals(answer.status, 403);
    const text = await answer.text();
    assert(text.includes("evil.test:9090"), text);
  }
  const headers = { host: "localhost:9090" };
  const answer = await drop(await it.ask("/api/status", { headers }));
  assertEquals(answer.status, 200);
});

Deno.test("faults are told and replaced, with the token", async () => {
  await using it = await startStatus({ token: TOKEN });
  const put = (body: string) =>
    it.ask("/api/faults", { method: "PUT", body, ...bearer(TOKEN) });
  const get = async () => jsonOf(await it.ask("/api/faults", bearer(TOKEN)));
  assertEquals(await get(), [200, { faults: [], seed: 42 }]);

  const faults = [{ kind: "latency", ms: 100 }, { kind: "mute" }];
  const body = '["latency:ms=100",{"kind":"mute"}]';
  assertEquals(await jsonOf(await put(body)), [200, { faults }]);
  assertEquals(await get(), [200, { faults, seed: 42 }]);

  const [status, error] = await jsonOf(await put('["latency"]'));
  assertEquals(status, 400);
  assertMatch(JSON.stringify(error), /latency needs ms/);
  assertEquals((await drop(await put("x".repeat(70_000)))).status, 413);
  assertEquals(await get(), [200, { faults, seed: 42 }]);
});

Deno.test("what the server says of faults is 400, what it cannot say 500", async () => {
  await using it = await startStatus({ token: TOKEN });
  const put = () =>
    it.ask("/api/faults", { method: "PUT", body: "[]", ...bearer(TOKEN) });
  it.subject.faultError = new OptionError("Cannot use fault drop: no UDP");
  assertEquals(await jsonOf(await put()), [
    400,
    { error: "Cannot use fault drop: no UDP" },
  ]);
  assertEquals(it.errors, []);
  it.subject.faultError = new TypeError("secret internals");
  assertEquals(await jsonOf(await put()), [
    500,
    { error: "Cannot answer: the server has failed at it" },
  ]);
  assertEquals(it.errors, [it.subject.faultError]);
});

Deno.test("without a configured token, nobody may change faults", async () => {
  await using it = await startStatus();
  for (const headers of [{}, bearer("x").headers]) {
    const init = { method: "PUT", body: '["mute"]', headers };
    const [status, body] = await jsonOf(await it.ask("/api/faults", init));
    assertEquals(status, 403);
    assertMatch(JSON.stringify(body), /start with --status-token/);
  }
  assertEquals(it.subject.faults, []);
});

Deno.test("all answers forbid storing and sniffing, and allow no site", async () => {
  await using it = await startStatus({ token: TOKEN });
  const headers = { ...bearer(TOKEN).headers, origin: "http://evil.test" };
  const asked = [...PATHS, "/nowhere"].flatMap((path) =>
    ["GET", "HEAD", "PUT", "OPTIONS"].flatMap((method) => [
      it.ask(path, { method, headers }),
      it.ask(path, { method }),
    ])
  );
  for (const answer of await Promise.all(asked)) {
    await drop(answer);
    const { headers, status } = answer;
    assertEquals(headers.get("cache-control"), "no-store", `${status}`);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    const names = [...headers.keys()].join();
    assert(!names.includes("access-control"), names);
  }
});

/** A request as a runtime makes it, whose URL may be none. */
function rawRequest(url: string, init?: RequestInit): Request {
  const request = new Request("http://127.0.0.1/", init);
  return Object.defineProperty(request, "url", { value: url });
}

Deno.test("a Host that makes no URL is refused, and a missing one is fine", async () => {
  const own = { headers: { host: "[" } };
  await using open = await startStatus();
  await using closed = await startStatus({ token: TOKEN });
  const statusOf = async (it: typeof open, url: string, init?: RequestInit) =>
    (await drop(await it.status.handle(rawRequest(url, init)))).status;
  assertEquals(await statusOf(open, "/health"), 200);
  assertEquals(await statusOf(open, "/api/status"), 200);
  assertEquals(await statusOf(open, "//health"), 404);
  assertEquals(await statusOf(open, "http://[/health", own), 403);
  assertEquals(await statusOf(closed, "/health"), 200);
  assertEquals(await statusOf(closed, "/metrics"), 401);
  assertEquals(await statusOf(closed, "/metrics", bearer(TOKEN)), 200);
  assertEquals(await statusOf(closed, "http://[/health", own), 401);
  const both = { headers: { ...own.headers, ...bearer(TOKEN).headers } };
  assertEquals(await statusOf(closed, "http://[/health", both), 400);
  assertEquals(await statusOf(closed, "a:1", both), 404);
});
