import { assertEquals, assertMatch } from "../assert.ts";
import { connect, echoes } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import {
  bunCommand,
  denoCommand,
  executable,
  type Target,
  TARGETS,
} from "../targets.ts";
import { stacksOf } from "../transports.ts";
import { testSharing, workers } from "../workers/sharing.ts";

const LOCAL = "tcp://127.0.0.1:0";

/** What a server says that ends by itself, and its exit code. */
async function failureOf(
  target: Target,
  ...flags: readonly string[]
): Promise<readonly [code: number, lines: readonly string[]]> {
  await using server = ServerProcess.spawn(target, flags);
  const code = await server.exitCode();
  const lines = server.stderr.split("\n").filter((line) =>
    !/^($|Download )/.test(line)
  );
  return [code, lines];
}

for (const target of TARGETS) {
  const { name } = target;

  for (const scheme of ["tcp", "http"]) {
    testSharing(
      `${name}: a port of ${scheme}:// that is in use is told as by one server`,
      async () => {
        using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        const { port } = other.addr;
        const url = `${scheme}://127.0.0.1:${port}`;
        const flags = ["--listen", url];
        const told = await failureOf(target, ...flags, ...workers(2));
        assertEquals(told, await failureOf(target, ...flags));
        assertEquals(told[0], 1);
        assertMatch(told[1].join(), new RegExp(`Cannot listen on ${url}: the`));
      },
    );
  }

  testSharing(
    `${name}: a port that another echod's workers share is in use, too`,
    async () => {
      await using server = await ServerProcess.start(target, [...workers(2)]);
      const flags = ["--host", "127.0.0.1", "--port", `${server.port}`];
      for (const count of [1, 2]) {
        const [code, lines] = await failureOf(
          target,
          ...flags,
          ...workers(count),
        );
        assertEquals([code, lines.length], [1, 1]);
        assertMatch(lines[0], /the address is in use/);
      }
      using conn = await connect(server.port);
      await echoes(conn);
    },
  );

  testSharing(
    `${name}: --workers without anything to share is wrong usage, in one line`,
    async () => {
      const flags = ["--listen", "udp://127.0.0.1:0", ...workers(2)];
      const [code, lines] = await failureOf(target, ...flags);
      assertEquals([code, lines.length], [2, 1]);
      assertMatch(lines[0], /--workers.*expected a listener for tcp:\/\//);
    },
  );
}

Deno.test("--workers takes numbers from 1 to 256, and auto", async () => {
  for (const value of ["0", "-1", "257", "1.5", "many", "1e2"]) {
    const flag = `--workers=${value}`;
    const [code, lines] = await failureOf(executable, flag, "--check");
    assertEquals([code, lines.length], [2, 1], value);
    assertMatch(lines[0], new RegExp(`--workers "${value}": expected auto or`));
  }
  for (const value of ["1", "256", "auto"]) {
    const flag = `--workers=${value}`;
    assertEquals(await failureOf(executable, flag, "--check"), [0, []]);
  }
});

testSharing("deno: workers need -R, which one line says", async () => {
  const flags = ["--listen", LOCAL, ...workers(2)];
  const [code, lines] = await failureOf(denoCommand("-N"), ...flags);
  assertEquals([code, lines.length], [2, 1]);
  assertMatch(lines[0], /start workers: Deno needs -R/);
  const part = /-R=\S+/.exec(lines[0])![0];
  // What it says is enough.
  const target = denoCommand("-N", part);
  await using server = await ServerProcess.start(target, flags);
  using conn = await connect(server.port);
  await echoes(conn);
});

testSharing(
  "deno: what listeners of workers may not do is told as of one server",
  async () => {
    const flags = ["--listen", "http://127.0.0.1:18080"];
    const target = denoCommand("-R", "--allow-net=127.0.0.1:18080");
    const told = await failureOf(target, ...flags, ...workers(2));
    assertEquals(told, await failureOf(target, ...flags));
    assertEquals(told[0], 2);
    assertMatch(told[1].join(), /Deno needs -N/);
  },
);

for (const stack of stacksOf([bunCommand], "tcp", "unix")) {
  testSharing(
    `${stack.name}: that there is no room for --max-connections is told once`,
    async () => {
      for (const count of [1, 2]) {
        const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
        await using server = await ServerProcess.start(bunCommand, [
          ...["--listen", LOCAL, ...stack.transport.flags(directory)],
          ...["--max-connections", "1000", ...workers(count)],
        ], { openFiles: 256, directory });
        await server.waitFor({ event: "listening" }, 2);
        server.signal("SIGTERM");
        assertEquals(await server.exitCode(), 0);
        const warnings = server.all({ event: "warning" });
        assertEquals(warnings.length, 1, `${count} workers`);
        const [{ message }] = warnings;
        assertMatch(
          `${message}`,
          /^Connections are limited to \d+, .*ulimit -n/,
        );
      }
    },
  );
}
