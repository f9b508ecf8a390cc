import { assertEquals } from "../assert.ts";
import { echoes, noise, sha256 } from "../client.ts";
import { HTTP_AND_HTTPS } from "../http_stack.ts";
import { ServerProcess } from "../server_process.ts";
import { TARGETS } from "../targets.ts";
import { stacksOn } from "../transports.ts";
import { UdpClient } from "../udp_client.ts";
import {
  crowd,
  crowdOn,
  echoesToTheEnd,
  idsOf,
  listeningSockets,
  strangeLines,
  testSharing,
  upTo,
  workers,
} from "../workers/sharing.ts";

const CLIENTS = 50;
const BYTES = 20_000;

/** Asserts that each connection is on record from begin to end, and once. */
async function allOnRecord(
  server: ServerProcess,
  count: number,
): Promise<void> {
  await server.waitFor({ event: "disconnect" }, count);
  for (const event of ["connect", "disconnect"]) {
    assertEquals(idsOf(server.all({ event })), upTo(count), event);
  }
  assertEquals(strangeLines(server), []);
}

for (const stack of stacksOn("tcp", "tls")) {
  testSharing(
    `${stack.name}: 2 workers echo ${CLIENTS} connections at once, with numbers from 1 on`,
    async () => {
      await using server = await stack.start(...workers(2));
      const conns = await crowd(CLIENTS, () => stack.dial(server));
      await Promise.all(
        conns.map((conn) => echoesToTheEnd(conn, noise(BYTES))),
      );
      await allOnRecord(server, CLIENTS);
      for (
        const { bytesIn, bytesOut, reason } of server.all({
          event: "disconnect",
        })
      ) {
        assertEquals([bytesIn, bytesOut, reason], [BYTES, BYTES, "eof"]);
      }
      assertEquals(server.all({ event: "listening" }).length, 1);
    },
  );
}

for (const stack of HTTP_AND_HTTPS) {
  testSharing(
    `${stack.name}: 2 workers answer ${CLIENTS} connections at once, with numbers from 1 on`,
    async () => {
      await using server = await stack.start(...workers(2));
      const clients = await crowd(CLIENTS, () => stack.dial(server));
      await Promise.all(clients.map(async (client) => {
        const data = noise(BYTES);
        const { status, body } = await client.post("/", data);
        assertEquals([status, sha256(body)], [200, sha256(data)]);
        client.close();
      }));
      await server.waitFor({ event: "request", status: 200 }, CLIENTS);
      await allOnRecord(server, CLIENTS);
    },
  );
}

for (const target of TARGETS) {
  const { name } = target;

  testSharing(
    `${name}: 4 workers lose no record of 400 connections that come and go`,
    async () => {
      await using server = await ServerProcess.start(target, [...workers(4)]);
      for (let round = 0; round < 4; round++) {
        const conns = await crowdOn(server, 100);
        await Promise.all(
          conns.map((conn) => echoesToTheEnd(conn, noise(1000))),
        );
      }
      await allOnRecord(server, 400);
    },
  );

  testSharing(
    `${name}: --workers auto takes as many threads as there are cores`,
    async () => {
      await using server = await ServerProcess.start(target, [
        ...workers("auto"),
      ]);
      // On Deno, they have one socket between them.
      if (target.runtime === "bun") {
        const cores = navigator.hardwareConcurrency;
        assertEquals(await listeningSockets(server.port), cores);
      }
      const conns = await crowdOn(server, 10);
      await Promise.all(conns.map((conn) => echoesToTheEnd(conn)));
      await allOnRecord(server, 10);
    },
  );
}

for (const stack of stacksOn("unix")) {
  testSharing(
    `${stack.name}: a Unix socket and datagrams are echoed beside what workers share`,
    async () => {
      const extra = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];
      await using server = await stack.start(
        ...extra.flatMap((url) => ["--listen", url]),
        ...workers(2),
      );
      await server.waitFor({ event: "listening" }, 3);
      const find = (protocol: string) =>
        server.urls.find((url) => url.protocol === protocol)!;
      using unix = await stack.dial(server, find("unix:"));
      await echoes(unix);
      const port = Number(find("tcp:").port);
      const conns = await crowd(
        10,
        () => Deno.connect({ hostname: "127.0.0.1", port }),
      );
      await Promise.all(conns.map((conn) => echoesToTheEnd(conn)));
      using datagrams = await UdpClient.bind();
      assertEquals(await datagrams.ask("datagram", find("udp:")), "datagram");
      await echoes(unix);
      unix.close();
      await allOnRecord(server, 11);
      const [{ id }] = server.all({ event: "connect", peer: "unix" });
      assertEquals(id, 1);
      // The file of the socket goes with the server.
      server.signal("SIGTERM");
      assertEquals(await server.exitCode(), 0);
      assertEquals(server.all({ event: "datagrams" }).length, 1);
      assertEquals([...Deno.readDirSync(server.directory!)], []);
    },
  );
}
