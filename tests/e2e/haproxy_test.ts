import { assert, assertEquals } from "../assert.ts";
import { connect, noise, receiveAll, send, sha256 } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { TARGETS } from "../targets.ts";
import { Balancer, HAPROXY } from "./balancer.ts";
import { isInstalled } from "./programs.ts";

const HAS_HAPROXY = await isInstalled("haproxy", "-v");

function startHaproxy(server: string, header: string): Promise<Balancer> {
  return Balancer.start(
    HAPROXY,
    (port) => `
      defaults
        mode tcp
        timeout connect 5s
        timeout client 20s
        timeout server 20s
      listen front
        bind 127.0.0.1:${port}
        server echod ${server} ${header}
    `,
  );
}

for (const target of TARGETS) {
  for (const transport of ["tcp", "unix"] as const) {
    Deno.test({
      name: `${target.name}, ${transport}: behind HAProxy, records have the ` +
        "real client, and everything but the header is echoed",
      ignore: !HAS_HAPROXY,
      fn: async () => {
        const directory = await Deno.makeTempDir();
        const path = `${directory}/echo.sock`;
        await using server = await ServerProcess.start(target, [
          "--listen",
          transport === "tcp" ? "tcp://127.0.0.1:0" : `unix:${path}`,
          ...["--proxy-protocol", "require"],
          ...["--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "unix"],
        ]);
        const upstream = transport === "tcp"
          ? `127.0.0.1:${server.port}`
          : `unix@${path}`;
        for (const header of ["send-proxy", "send-proxy-v2"]) {
          await using haproxy = await startHaproxy(upstream, header);
          using conn = await connect(haproxy.port);
          const data = noise(300_000);
          const receiving = receiveAll(conn);
          await send(conn, data);
          await conn.closeWrite();
          assertEquals((await receiving).hex(), sha256(data));
          const { port } = conn.localAddr as Deno.NetAddr;
          const client = `127.0.0.1:${port}`;
          const record = await server.waitFor({ event: "disconnect", client });
          assertEquals([record.reason, record.bytesIn], ["eof", data.length]);
          assert(record.peer !== client);
          assertEquals(record.peer === "unix", transport === "unix");
        }
        assertEquals(server.all({ reason: "error" }), []);
        await Deno.remove(directory, { recursive: true });
      },
    });
  }
}
