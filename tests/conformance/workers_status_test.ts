import { assert, assertEquals } from "../assert.ts";
import { connect, echoes, noise, outcomeOf } from "../client.ts";
import { HttpClient } from "../http_client.ts";
import { WebProcess } from "../e2e/web_process.ts";
import { TARGETS } from "../targets.ts";
import { UdpClient } from "../udp_client.ts";
import { crowd, idsOf, testSharing, workers } from "../workers/sharing.ts";

const CLIENTS = 30;
const LEAVING = 10;
const REQUESTS = 12;

const EXTRA = [
  ...["--listen", "tcp://127.0.0.1:0", "--listen", "udp://127.0.0.1:0"],
  ...["--max-connections", `${CLIENTS + REQUESTS}`],
];

for (const target of TARGETS) {
  testSharing(
    `${target.name}: the status adds up what all workers have done`,
    async () => {
      await using web = await WebProcess.start(target, ...EXTRA, ...workers(2));
      const { server } = web;
      const find = (protocol: string) =>
        server.urls.find((url) => url.protocol === protocol)!;
      const port = Number(find("tcp:").port);
      const conns = await crowd(CLIENTS, () => connect(port));
      await Promise.all(conns.map((conn) => echoes(conn, noise(100))));
      const clients = await crowd(
        REQUESTS,
        async () => new HttpClient(await connect(Number(find("http:").port))),
      );
      await Promise.all(clients.map(async (client) => {
        assertEquals((await client.post("/", noise(100))).body.length, 100);
      }));
      await web.answered(REQUESTS);
      // Each worker turns somebody away, or one of them both.
      const refused = await crowd(2, () => connect(port));
      await server.waitFor({ event: "refused" }, 2);
      for (const conn of refused) {
        await outcomeOf(conn);
        conn.close();
      }
      for (const conn of conns.slice(0, LEAVING)) conn.close();
      await web.over(LEAVING);
      using datagrams = await UdpClient.bind();
      assertEquals(await datagrams.ask("datagram", find("udp:")), "datagram");

      const { connections, http, datagrams: told, latency } = await web
        .report();
      const gone = server.all({ event: "disconnect" }).map(({ id }) => id);
      const isOpen = ({ id }: { readonly id?: unknown }) => !gone.includes(id);
      const open = idsOf(server.all({ event: "connect" }).filter(isOpen));
      assertEquals(connections.list.map(({ id }) => id), open);
      assertEquals(
        [
          ...[connections.open, connections.accepted, connections.omitted],
          ...[connections.refused, connections.closed],
        ],
        [
          ...[CLIENTS - LEAVING + REQUESTS, CLIENTS + REQUESTS, 0],
          ...[{ "max-connections": 2 }, { eof: LEAVING }],
        ],
      );
      assertEquals(connections.recent.length, LEAVING);
      assertEquals([http.requests, http.answers], [REQUESTS, {
        200: REQUESTS,
      }]);
      assertEquals([told.received, told.bytesOut], [1, 8]);
      // The first echo of each connection is measured, and each answer.
      assertEquals(latency.count, CLIENTS + REQUESTS);

      const metrics = await web.metrics();
      const expected = {
        'connections_active{protocol="tcp"}': CLIENTS - LEAVING,
        'connections_total{protocol="tcp"}': CLIENTS,
        'connections_active{protocol="http"}': REQUESTS,
        'connections_total{protocol="http"}': REQUESTS,
        'connections_closed_total{reason="eof"}': LEAVING,
        'connections_refused_total{reason="max-connections"}': 2,
        'bytes_received_total{protocol="tcp"}': 100 * CLIENTS,
        'bytes_sent_total{protocol="tcp"}': 100 * CLIENTS,
        'bytes_sent_total{protocol="udp"}': 8,
        "datagrams_received_total": 1,
        "http_requests_total": REQUESTS,
        'http_responses_total{code="200"}': REQUESTS,
        "echo_duration_seconds_count": CLIENTS + REQUESTS,
        'echo_duration_seconds_bucket{le="+Inf"}': CLIENTS + REQUESTS,
        "draining": 0,
      };
      for (const [key, value] of Object.entries(expected)) {
        assertEquals(metrics[`echod_${key}`], value, key);
      }
      for (const conn of conns.slice(LEAVING)) conn.close();
      for (const client of clients) client.close();
      await web.over(CLIENTS + REQUESTS);
      assertEquals((await web.report()).connections.list, []);
    },
  );

  testSharing(
    `${target.name}: the health says that several workers drain`,
    async () => {
      await using web = await WebProcess.start(target, ...EXTRA, ...workers(2));
      const { server } = web;
      const health = async () => {
        const response = await web.ask("/health");
        return [response.status, (await response.json()).status];
      };
      assertEquals(await health(), [200, "healthy"]);
      const client = new HttpClient(await connect(Number(server.urls[0].port)));
      // An answer that nobody reads on holds the shutdown open.
      await client.send("GET /?size=64MiB HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals((await client.head()).status, 200);
      server.signal("SIGTERM");
      await server.waitFor({ event: "shutdown", connections: 1 });
      assertEquals(await health(), [503, "draining"]);
      assertEquals((await web.metrics()).echod_draining, 1);
      client.close();
      assertEquals(await server.exitCode(), 0);
      assert(server.all({ event: "disconnect" }).length === 1);
    },
  );
}
