import { assertEquals, assertMatch } from "../assert.ts";
import { TARGETS, testIf } from "../targets.ts";
import { EchoTarget } from "./client_commands.ts";
import { run } from "./programs.ts";

for (const target of TARGETS) {
  testIf(Deno.build.os === "linux")(
    `${target.name}: what cannot be written is said, and not taken for success`,
    async () => {
      await using server = await EchoTarget.start();
      const url = server.url("tcp");
      const commands = [
        ...[["--help"], ["--version"], ["--check"], ["completions", "bash"]],
        ["ping", "-c", "2", "-i", "10ms", url],
        ["ping", "--json", url],
        ["bench", "-d", "50ms", url],
        ["bench", "-d", "50ms", "--json", url],
        ["healthcheck", url],
      ];
      for (const args of commands) {
        const line = '"$@" >/dev/full';
        const { code, stderr } = await run(
          ...["sh", "-c", line, "sh", ...target.command, ...args] as const,
        );
        assertEquals(code, 1, args.join(" "));
        assertMatch(
          stderr,
          /^echod: Cannot write to standard output: .*no sp/im,
        );
      }
    },
  );
}
