import { assert, assertEquals, assertMatch } from "../assert.ts";
import { TARGETS } from "../targets.ts";
import { isInstalled, run } from "./programs.ts";
import { WebProcess } from "./web_process.ts";

const hasWrk = await isInstalled("wrk", "--version");
const hasH2load = await isInstalled("h2load", "--version");

const REQUESTS = 1000;
const CONNECTIONS = 8;

/** How h2load speaks, by runtime. */
const VERSIONS = {
  deno: { "HTTP/2": ["-m", "10"], "HTTP/1.1": ["--h1"] },
  bun: { "HTTP/1.1": ["--h1"] },
};

for (const target of TARGETS) {
  const { name } = target;

  Deno.test({
    name: `${name}: wrk sees no errors, and the metrics count what it has sent`,
    ignore: !hasWrk,
    fn: async () => {
      await using web = await WebProcess.start(target);
      const flags = ["-t", "1", "-c", `${CONNECTIONS}`, "-d", "1s"];
      const { code, stdout } = await run("wrk", ...flags, `${web.http}/x`);
      assertEquals(code, 0, stdout);
      assert(!/Socket errors|Non-2xx/.test(stdout), stdout);
      const sent = Number(/(\d+) requests in/.exec(stdout)?.[1]);
      assert(sent > 100, stdout);
      // First of all it connects to see whether anybody is there.
      await web.over(CONNECTIONS + 1);
      const metrics = await web.metrics();
      const counted = metrics.echod_http_requests_total;
      // It leaves before the answers to its last requests.
      assert(sent <= counted && counted <= sent + CONNECTIONS, `${counted}`);
      const records = web.server.all({ event: "request", status: 200 });
      const { echod_echo_duration_seconds_count: measured } = metrics;
      assert(sent <= records.length && records.length <= counted);
      assert(sent <= measured && measured <= counted, `${measured}`);
    },
  });

  for (const [version, flags] of Object.entries(VERSIONS[target.runtime])) {
    Deno.test({
      name: `${name}: all requests of h2load succeed over TLS and ${version}`,
      ignore: !hasH2load,
      fn: async () => {
        await using web = await WebProcess.start(target);
        const { code, stdout, stderr } = await run("h2load", ...[
          ...["-n", `${REQUESTS}`, "-c", `${CONNECTIONS}`, ...flags],
          ...["-d", web.cert, `${web.https}/x`],
        ]);
        assertEquals(code, 0, stderr);
        assertMatch(stdout, /^Application protocol: (h2|http\/1\.1)$/m);
        assertMatch(
          stdout,
          / 1000 done, 1000 succeeded, 0 failed, 0 errored, 0 timeout/,
        );
        assertMatch(stdout, /^status codes: 1000 2xx, 0 3xx, 0 4xx, 0 5xx$/m);
        const { size } = await Deno.stat(web.cert);
        assertMatch(stdout, new RegExp(`\\(${REQUESTS * size}\\) data$`, "m"));
        await web.over(CONNECTIONS);
        const metrics = await web.metrics();
        const labels = ['{code="200"}', '{protocol="https"}'];
        assertEquals([
          metrics.echod_http_requests_total,
          metrics[`echod_http_responses_total${labels[0]}`],
          metrics[`echod_connections_total${labels[1]}`],
          metrics[`echod_connections_active${labels[1]}`],
        ], [REQUESTS, REQUESTS, CONNECTIONS, 0]);
        // None is given up before its time.
        const all = web.server.all({ event: "connect" });
        assertEquals(all.length, CONNECTIONS);
        const http2 = version === "HTTP/2" ? CONNECTIONS : 0;
        const connects = web.server.all({ event: "connect", alpn: "h2" });
        assertEquals(connects.length, http2);
        const [{ bytesIn, bytesOut }] = web.server.all({ event: "request" });
        assertEquals([bytesIn, bytesOut], [size, size]);
      },
    });
  }
}
