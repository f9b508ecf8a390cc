import { assert, assertEquals } from "../assert.ts";
import { fromFileUrl } from "../paths.ts";
import { ServerProcess } from "../server_process.ts";
import { bunCommand, outputOf, TARGETS } from "../targets.ts";

const TOTAL = 200_000;
const CLIENT = fromFileUrl(new URL("udp_load.ts", import.meta.url));

/** Datagrams for a port that the kernel had no room for (proc_net_udp(5)). */
async function kernelDrops(port: number): Promise<number> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const table = await Deno.readTextFile("/proc/net/udp");
  const row = table.split("\n").find((line) => line.includes(`:${hex} `));
  assert(row !== undefined, `no socket on port ${port}`);
  return Number(row.trim().split(/\s+/).at(-1));
}

for (const target of TARGETS) {
  Deno.test({
    name: `${target.name}: of ${TOTAL} datagrams, none is lost that the ` +
      "kernel did not drop, and the counts agree",
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const flags = ["--listen", "udp://127.0.0.1:0", "--udp-rate", "0"];
      await using server = await ServerProcess.start(target, flags);
      // On Bun, since it keeps up with any server.
      const args = [CLIENT, `${server.port}`, `${TOTAL}`, "64"];
      const report = await outputOf(bunCommand.command[0], args);
      const client: Record<string, number> = JSON.parse(report);
      const dropped = await kernelDrops(server.port);
      server.signal("SIGTERM");
      const record = await server.waitFor({ event: "datagrams" });
      assertEquals([client.sent, client.wrong], [TOTAL, 0]);
      assertEquals(record.received, TOTAL - dropped);
      assertEquals([record.sent, record.dropped], [record.received, 0]);
      assertEquals(client.received, record.sent);
      assertEquals(record.bytesIn, Number(record.received) * 64);
    },
  });
}
