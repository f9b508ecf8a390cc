import { assert, assertEquals } from "../assert.ts";
import { connect, noise, receiveAll, send, sha256 } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { outputOf, TARGETS } from "../targets.ts";

const HAS_HAPROXY = await outputOf("haproxy", ["-v"]).then(
  () => true,
  () => false,
);

/** HAProxy in front of a server. */
class Haproxy implements AsyncDisposable {
  /** The port that it listens on. */
  readonly port: number;
  #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /**
   * Starts HAProxy, which cannot tell what port it was given: a free one is
   * looked for, and another if somebody was faster.
   *
   * @param server where the server is, in HAProxy's words.
   * @param header with what connections begin.
   */
  static async start(server: string, header: string): Promise<Haproxy> {
    const file = await Deno.makeTempFile({ suffix: ".cfg" });
    try {
      for (;;) {
        const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        const { port } = probe.addr as Deno.NetAddr;
        probe.close();
        const config = `
          defaults
            mode tcp
            timeout connect 5s
            timeout client 20s
            timeout server 20s
          listen front
            bind 127.0.0.1:${port}
            server echod ${server} ${header}
        `;
        await Deno.writeTextFile(file, config.trim() + "\n");
        const process = new Deno.Command("haproxy", {
          args: ["-db", "-f", file],
          stdin: "null",
          stdout: "null",
          stderr: "null",
        }).spawn();
        const isUp = await Promise.race([
          soon(untilUp(port), "haproxy").then(() => true),
          process.status.then(() => false),
        ]);
        if (isUp) return new Haproxy(process, port);
      }
    } finally {
      await Deno.remove(file);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }
}

async function untilUp(port: number): Promise<void> {
  for (;;) {
    try {
      return (await connect(port)).close();
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
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
          await using haproxy = await Haproxy.start(upstream, header);
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
