import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  connect,
  connectNode,
  echoes,
  noise,
  outcome,
  outcomeOf,
  receive,
  reset,
  send,
} from "../client.ts";
import { head, HttpClient } from "../http_client.ts";
import { soon } from "../server_process.ts";
import { bearer } from "../status/fake_status.ts";
import { TARGETS } from "../targets.ts";
import { UdpClient } from "../udp_client.ts";
import { WebProcess } from "./web_process.ts";

const TOKEN = "correct-horse-battery";

const EXTRA = [
  ...["--listen", "tcp://127.0.0.1:0", "--listen", "udp://127.0.0.1:0"],
  ...["--max-connections", "2"],
];

async function httpClient(url: string): Promise<HttpClient> {
  return new HttpClient(await connect(Number(new URL(url).port)));
}

/** The data of the events of a stream. */
async function* eventsOf({ body }: Response) {
  let rest = "";
  for await (const part of body!.pipeThrough(new TextDecoderStream())) {
    const events = (rest + part).split("\n\n");
    rest = events.pop()!;
    for (const event of events) {
      const [, data] = /^event: status\ndata: (.*)$/.exec(event)!;
      yield JSON.parse(data);
    }
  }
}

for (const target of TARGETS) {
  const { name, runtime } = target;

  Deno.test(`${name}: the status tells of open, ended and refused connections`, async () => {
    await using web = await WebProcess.start(target, ...EXTRA);
    const { server } = web;
    const [, , tcp, udp] = server.urls;
    using conn = await connect(Number(tcp.port));
    await echoes(conn, noise(100));
    using http = await httpClient(web.http);
    const { body } = await http.post("/path", noise(1000));
    assertEquals(body.length, 1000);
    using refused = await connect(Number(tcp.port));
    await server.waitFor({ event: "refused" });
    refused.close();
    using datagrams = await UdpClient.bind();
    assertEquals(await datagrams.ask("datagram", udp), "datagram");
    await web.answered(1);

    const before = await web.report();
    assertEquals([before.state, before.version], ["running", "0.1.0"]);
    assertMatch(before.runtime, new RegExp(`^${runtime} \\d`));
    assertEquals(
      before.listeners.map(({ url, protocol }) => `${protocol} ${url}`),
      server.urls.slice(0, 4).map((url) =>
        `${url.protocol.slice(0, -1)} ${url.href.replace(/\/$/, "")}`
      ),
    );
    const { list, open, accepted, refused: turnedAway, recent } =
      before.connections;
    assertEquals([open, accepted, turnedAway, recent], [
      ...[2, 2, { "max-connections": 1 }, []],
    ]);
    const peers = server.all({ event: "connect" }).map(({ peer }) => peer);
    assertEquals(list.map(({ peer }) => peer), peers);
    assertEquals(
      list.map(({ id, protocol, bytesIn, bytesOut }) => [
        ...[id, protocol],
        // Of HTTP, the header counts as well.
        ...[bytesIn - bytesIn % 100, bytesOut - bytesOut % 100],
      ]),
      [
        [1, "tcp", 100, 100],
        [2, "http", 1000, 1100],
      ],
    );
    const { answers, requests } = before.http;
    assertEquals([answers, requests], [{ 200: 1 }, 1]);
    assertEquals(before.latency.count, 2);

    conn.close();
    await server.waitFor({ event: "disconnect" });
    const rude = await connectNode(Number(tcp.port));
    await server.waitFor({ event: "connect" }, 3);
    await reset(rude);
    await server.waitFor({ event: "disconnect" }, 2);
    const after = await web.report();
    assertEquals(
      after.connections.recent.map((it) => [
        ...[it.id, it.reason, it.bytesIn, it.peer === peers[0]],
      ]),
      [[3, "reset", 0, false], [1, "eof", 100, true]],
    );
    assertEquals(after.connections.list.map(({ id }) => id), [2]);

    const metrics = await web.metrics();
    const { bytesIn, bytesOut } = after.connections.list[0];
    const expected = {
      'connections_active{protocol="tcp"}': 0,
      'connections_active{protocol="http"}': 1,
      'connections_total{protocol="tcp"}': 2,
      'connections_total{protocol="http"}': 1,
      'connections_closed_total{reason="eof"}': 1,
      'connections_closed_total{reason="reset"}': 1,
      'connections_refused_total{reason="max-connections"}': 1,
      'bytes_received_total{protocol="tcp"}': 100,
      'bytes_sent_total{protocol="tcp"}': 100,
      'bytes_received_total{protocol="udp"}': 8,
      'bytes_received_total{protocol="http"}': bytesIn,
      'bytes_sent_total{protocol="http"}': bytesOut,
      "datagrams_sent_total": 1,
      "http_requests_total": 1,
      'http_responses_total{code="200"}': 1,
      "echo_duration_seconds_count": 2,
      "draining": 0,
    };
    for (const [key, value] of Object.entries(expected)) {
      assertEquals(metrics[`echod_${key}`], value, key);
    }
  });

  Deno.test(`${name}: new faults need the token, and hit the next connection`, async () => {
    const flags = ["--status-token", TOKEN, ...EXTRA];
    await using web = await WebProcess.start(target, ...flags);
    const { server } = web;
    const body = '["limit_data:bytes=3"]';
    const put = async (init: RequestInit, text = body) => {
      const all = { ...init, method: "PUT", body: text };
      const response = await web.ask("/api/faults", all);
      return [response.status, await response.text()] as const;
    };
    using early = await connect(Number(server.urls[2].port));
    await echoes(early);

    assertMatch((await put({})).join(" "), /^401 .*without a token/);
    const wrong = await put(bearer(`${TOKEN}x`));
    assertMatch(wrong.join(" "), /^401 .*with this token/);
    const [code, complaint] = await put(bearer(TOKEN), '["limit_date"]');
    assertMatch(`${code} ${complaint}`, /^400 .*did you mean.*limit_data/);
    for (const path of ["/", "/metrics", "/api/status", "/api/events"]) {
      const response = await web.ask(path);
      await response.body?.cancel();
      assertEquals(response.status, 401, path);
    }
    const health = await web.ask("/health");
    assertEquals([health.status, (await health.json()).status], [
      ...[200, "healthy"],
    ]);

    const [status, told] = await put(bearer(TOKEN));
    const faults = [{ kind: "limit_data", bytes: 3 }];
    assertEquals([status, JSON.parse(told)], [200, { faults }]);
    await echoes(early);
    using late = await httpClient(web.http);
    await late.send(head("POST", "/", "Content-Length: 5"), "hello");
    const cut = await late.cutAnswer();
    assertEquals([cut.text, cut.isWhole], ["hel", false]);
    const basic = { authorization: `Basic ${btoa(`me:${TOKEN}`)}` };
    const shown = await web.ask("/api/faults", { headers: basic });
    assertEquals((await shown.json()).faults, faults);

    server.signal("SIGTERM");
    early.close();
    assertEquals(await server.exitCode(), 0);
    assert(!server.stderr.includes(TOKEN), "the log has the token");
    // What asks for the status is no traffic.
    assertEquals(server.all({ event: "connect" }).length, 2);
  });

  Deno.test(`${name}: faults that come later may end connections with RST`, async () => {
    const flags = ["--status-token", TOKEN, ...EXTRA];
    await using web = await WebProcess.start(target, ...flags);
    const { server } = web;
    const body = '["reset_peer:bytes=1KiB"]';
    const init = { ...bearer(TOKEN), method: "PUT", body };
    const response = await web.ask("/api/faults", init);
    assertEquals([response.status, (await response.json()).faults], [
      ...[200, [{ kind: "reset_peer", bytes: 1024 }]],
    ]);
    const { faults } = await server.waitFor({ event: "faults" });
    assertEquals(faults, "reset_peer:bytes=1024");
    const data = noise(1500);
    using conn = await connect(Number(server.urls[2].port));
    await send(conn, data);
    const expected = outcome(data.subarray(0, 1024), "RST");
    assertEquals(await outcomeOf(conn), expected);
    const { reason } = await server.waitFor({ event: "disconnect" });
    assertEquals(reason, "fault");
  });

  Deno.test(`${name}: without a token nobody changes faults, and wrong paths are told`, async () => {
    await using web = await WebProcess.start(target);
    const cases: readonly [string, string, number, string?][] = [
      ["PUT", "/api/faults", 403],
      ["GET", "/nothing", 404],
      ["POST", "/api/faults", 405, "GET, HEAD, PUT"],
      ["DELETE", "/health", 405, "GET, HEAD"],
    ];
    for (const [method, path, status, allow = null] of cases) {
      const response = await web.ask(path, { method });
      const text = await response.text();
      const given = [response.status, response.headers.get("allow")];
      assertEquals(given, [status, allow], `${method} ${path} ${text}`);
      assertMatch(text, /^[^\n]*expected|token/);
    }
    const bare = await web.ask("/health", { method: "HEAD" });
    assertEquals([bare.status, await bare.text()], [200, ""]);
    assertEquals((await web.report()).faults, []);
  });

  Deno.test(`${name}: while it shuts down, the status says so to the end`, async () => {
    await using web = await WebProcess.start(target);
    const { server } = web;
    // An answer that nobody reads on holds the shutdown open.
    const client = await connect(server.port);
    const ask = new TextEncoder().encode(head("GET", "/?size=64MiB"));
    await send(client, ask);
    assertEquals((await receive(client, 1)).length, 1);
    const stream = await web.ask("/api/events");
    assertEquals(stream.headers.get("content-type"), "text/event-stream");
    const events = eventsOf(stream);
    const first = await soon(events.next(), "an event");
    assertEquals(first.value.connections.open, 1);

    server.signal("SIGTERM");
    await server.waitFor({ event: "shutdown" });
    const health = await web.ask("/health");
    assertEquals([health.status, (await health.json()).status], [
      ...[503, "draining"],
    ]);
    assertEquals((await web.metrics()).echod_draining, 1);
    const isDraining = async () => {
      for (;;) {
        const { done, value } = await events.next();
        assert(!done, "the stream has ended");
        if (value.state === "draining") return value;
      }
    };
    const { connections } = await soon(isDraining(), "the event of it");
    assertEquals([connections.open, server.all({ event: "disconnect" })], [
      ...[1, []],
    ]);
    client.close();
    assertEquals(await server.exitCode(), 0);
    // The stream ends in order, so that its reader knows that it has all.
    await soon(Array.fromAsync(events), "the end of the stream");
    const [{ reason }] = server.all({ event: "disconnect" });
    assertEquals(reason, "shutdown");
  });
}
