import { existsSync } from "node:fs";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { connect, echoes } from "../client.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { HAS_SIGNALS, outputOf, testIf } from "../targets.ts";
import { CORE_TARGETS } from "../wine/core.ts";

const HAS_IPV6 = existsSync("/proc/net/if_inet6");

/** The longest message of a WebSocket that each runtime takes. */
const LONGEST = { deno: 64 * 2 ** 20 - 1, bun: 2 ** 31 - 1 };

for (const target of CORE_TARGETS) {
  const test = testIf(HAS_SIGNALS);

  Deno.test(`${target.name}: a --max-message that the runtime cannot take is wrong usage, if there is HTTP`, async () => {
    const longest = LONGEST[target.runtime];
    const http = ["--listen", "http://127.0.0.1:0"];
    const tooLong = [
      "--max-message",
      target.runtime === "deno" ? "200MiB" : "2GiB",
    ];
    for (const more of [[], ["--check"]]) {
      await using refused = ServerProcess.spawn(target, [
        ...[...http, ...tooLong, ...more],
      ]);
      assertEquals(await refused.exitCode(), 2, more.join());
      assertMatch(
        refused.stderr,
        new RegExp(
          `^echod: Cannot take messages of \\d+ bytes \\(--max-message, ` +
            `maxMessage\\): ${target.runtime} \\S+ takes at most ${longest}$`,
          "m",
        ),
      );
    }
    await using tcp = await ServerProcess.start(target, tooLong);
    using conn = await connect(tcp.port);
    await echoes(conn);
    const most = ["--max-message", `${longest}`];
    await using web = await ServerProcess.start(target, [...http, ...most]);
    const body = await soon(fetch(web.urls[0]), "an answer");
    assertEquals((await body.json()).path, "/");
  });

  Deno.test({
    name: `${target.name}: --listen repeats, IPv6 included, with real ports`,
    ignore: !HAS_IPV6,
    fn: async () => {
      await using server = await ServerProcess.start(target, [
        ...["--listen", "tcp://127.0.0.1:0", "--listen", "tcp://[::1]:0"],
        ...["-l", "tcp://localhost:0"],
      ]);
      await server.waitFor({ event: "listening" }, 3);
      assertEquals(server.urls[1].hostname, "[::1]");
      for (const { hostname, port } of server.urls) {
        assert(Number(port) > 0);
        const host = hostname.replace(/[[\]]/g, "");
        using conn = await connect(Number(port), host);
        await echoes(conn);
      }
      assertMatch(
        `${(await server.waitFor({ event: "connect" }, 2)).peer}`,
        /^\[::1\]:\d+$/,
      );
    },
  });

  Deno.test(`${target.name}: flags win over variables, those over the file`, async () => {
    const file = await Deno.makeTempFile({ suffix: " é.json" });
    await Deno.writeTextFile(
      file,
      JSON.stringify({
        maxBytes: "3B",
        maxConnections: 7,
        idleTimeout: "1h",
        listen: ["tcp://127.0.0.1:0"],
      }),
    );
    const [command, ...args] = target.command;
    const flags = ["--check", "--idle-timeout", "3h"];
    const output = await outputOf(command, [...args, ...flags], {
      ...target.env,
      ECHOD_MAX_CONNECTIONS: "8",
      ECHOD_IDLE_TIMEOUT: "2h",
      ECHOD_CONFIG: file,
    });
    await Deno.remove(file);
    assertMatch(output, /^maxBytes +3 +\(file\)$/m);
    assertMatch(output, /^maxConnections +8 +\(variable\)$/m);
    assertMatch(output, /^idleTimeout +3h +\(flag\)$/m);
    assertMatch(output, /^writeTimeout +30s +\(default\)$/m);
    assertMatch(output, /^listens on +tcp:\/\/127\.0\.0\.1:0$/m);
    assertMatch(output, /^permissions +deno run -N=127\.0\.0\.1:0 '-R=/m);
  });

  Deno.test(`${target.name}: a wrong configuration file is named with its line`, async () => {
    const file = await Deno.makeTempFile();
    const cases: readonly [text: string, complaint: string][] = [
      ['{\n "port": 1,\n "idelTimeout": "1s"\n}', ":3: did you mean"],
      ['{\n "port": 1,\n\n "host" 2\n}', ":4: unexpected 2"],
      ['{\n "port": 70000\n}', ":2: expected a port"],
      ["[]", "expected a JSON object"],
    ];
    for (const [text, complaint] of cases) {
      await Deno.writeTextFile(file, text);
      const flags = ["--config", file];
      await using server = ServerProcess.spawn(target, flags);
      assertEquals(await server.exitCode(), 2);
      assert(
        server.stderr.includes(`${file}${complaint}`) ||
          server.stderr.includes(`${file}: ${complaint}`),
        server.stderr,
      );
    }
    await Deno.remove(file);
  });

  test(`${target.name}: --ready-file has pid and URLs, and goes with the server`, async () => {
    const directory = await Deno.makeTempDir();
    const file = `${directory}/ready file.json`;
    const flags = ["--ready-file", file];
    await using server = await ServerProcess.start(target, flags);
    using conn = await connect(server.port);
    await echoes(conn);
    const ready = JSON.parse(await Deno.readTextFile(file));
    assertEquals(ready, {
      // Wine counts processes by itself.
      pid: target.isWine ? ready.pid : server.pid,
      urls: [`tcp://127.0.0.1:${server.port}`],
    });
    conn.close();
    server.signal("SIGTERM");
    assertEquals(await server.exitCode(), 0);
    assertEquals([...Deno.readDirSync(directory)], []);
    await Deno.remove(directory);
  });

  Deno.test(`${target.name}: the log as text has the same records`, async () => {
    const flags = ["--host", "127.0.0.1", "--port", "0"];
    await using server = ServerProcess.spawn(target, flags);
    const listening = await server.waitForText(/ listening url=tcp:\/\/(\S+)/);
    const [hostname, port] = listening[1].split(":");
    const conn = await Deno.connect({ hostname, port: Number(port) });
    const { port: own } = conn.localAddr as Deno.NetAddr;
    await echoes(conn);
    await conn.closeWrite();
    const time = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    const peer = `peer=127\\.0\\.0\\.1:${own}`;
    await server.waitForText(
      new RegExp(`${time} info  connect id=1 ${peer}$`, "m"),
    );
    await server.waitForText(
      new RegExp(
        `${time} info  disconnect id=1 ${peer} bytesIn=100 bytesOut=100 ` +
          `durationMs=\\d+ reason=eof$`,
        "m",
      ),
    );
    conn.close();
  });

  test(`${target.name}: --quiet logs errors alone`, async () => {
    const directory = await Deno.makeTempDir();
    const file = `${directory}/ready`;
    const changes = Deno.watchFs(directory);
    await using server = ServerProcess.spawn(target, [
      ...["--host", "127.0.0.1", "--port", "0", "--quiet"],
      ...["--log-format", "json", "--ready-file", file],
    ]);
    const isReady = async () => {
      for await (const _ of changes) if (existsSync(file)) break;
    };
    // A server that does not start would be waited for without end.
    await soon(isReady(), "the ready file");
    const { urls: [url] } = JSON.parse(await Deno.readTextFile(file));
    using conn = await connect(Number(new URL(url).port));
    await echoes(conn);
    server.signal("SIGTERM");
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.records, []);
    await Deno.remove(directory);
  });

  Deno.test(`${target.name}: --help lists every flag and --version the runtime`, async () => {
    const [command, ...args] = target.command;
    const help = await outputOf(command, [...args, "--help"], target.env);
    assertMatch(help, /^ +-p, --port <PORT> .*\[8080\]$/m);
    const version = await outputOf(command, [...args, "-V"], target.env);
    const commit = target.isAlone
      ? "[0-9a-f]{12}(-dirty)?"
      : "unknown, run from source";
    assertMatch(
      version,
      new RegExp(
        "^echod \\d+\\.\\d+\\.\\d+\n" +
          `runtime: ${target.runtime} \\d+\\.\\d+\\.\\d+\n` +
          `target: [a-z]+-(x64|arm64)\ncommit: ${commit}$`,
      ),
    );
  });
}
