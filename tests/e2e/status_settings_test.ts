import { assert, assertEquals, assertMatch } from "../assert.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { denoCommand, outputOf, TARGETS } from "../targets.ts";

const TOKEN = "correct-horse-battery";

const LISTEN = ["--listen", "http://127.0.0.1:0"];

/** What echod itself said, without Deno's reports of its downloads. */
function linesOf({ stderr }: ServerProcess): string[] {
  return stderr.split("\n").filter((line) =>
    line !== "" && !line.startsWith("Download ")
  );
}

/** Where a server tells its status, once it does. */
async function statusOf(server: ServerProcess): Promise<URL> {
  const plane = { event: "listening", plane: "status" };
  return new URL(`${(await server.waitFor(plane)).url}`);
}

/** Asks a server for its health, and gives back the answer. */
async function healthOf(status: URL): Promise<string> {
  const response = await soon(fetch(new URL("health", status)), "health");
  return (await response.json()).status;
}

for (const target of TARGETS) {
  const { name, command: [command, ...args] } = target;

  Deno.test(`${name}: the status has a record and a place in the ready file, with its real port`, async () => {
    const directory = await Deno.makeTempDir();
    const file = `${directory}/ready.json`;
    const flags = [...LISTEN, "--status", "127.0.0.1:0"];
    await using server = await ServerProcess.start(
      target,
      [...flags, "--ready-file", file],
      { directory },
    );
    const status = await statusOf(server);
    assertEquals(await healthOf(status), "healthy");
    const { time: _, runtime, ...record } = server.records[1];
    assertEquals(record, {
      ...{ level: "info", event: "listening", plane: "status" },
      url: `http://127.0.0.1:${status.port}/`,
    });
    assertEquals(runtime, server.records[0].runtime);
    assertEquals(JSON.parse(await Deno.readTextFile(file)), {
      pid: server.pid,
      urls: [`http://127.0.0.1:${server.port}`],
      status: status.href,
    });
  });

  Deno.test(`${name}: variables and the file set the status, and --check shows no token`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".json" });
    await Deno.writeTextFile(file, JSON.stringify({ statusToken: TOKEN }));
    const output = await outputOf("env", [
      ...["ECHOD_STATUS=0.0.0.0:4567", `ECHOD_CONFIG=${file}`],
      ...[command, ...args, ...LISTEN, "--check"],
    ]);
    assertMatch(output, /^status +0\.0\.0\.0:4567 +\(variable\)$/m);
    assertMatch(output, /^statusToken +\(secret\) +\(file\)$/m);
    assertMatch(output, /^status on +http:\/\/0\.0\.0\.0:4567\/$/m);
    assertMatch(
      output,
      /^permissions .* -N=0\.0\.0\.0:4567 .* -E=ECHOD_STATUS( |$)/m,
    );
    assert(!output.includes(TOKEN));

    await Deno.writeTextFile(file, JSON.stringify({ status: "127.0.0.1:0" }));
    await using server = await ServerProcess.start(
      target,
      [...LISTEN, "--config", file],
      { env: { ECHOD_STATUS_TOKEN: TOKEN } },
    );
    await Deno.remove(file);
    const status = await statusOf(server);
    assertEquals(await healthOf(status), "healthy");
    const { status: code, body } = await fetch(new URL("metrics", status));
    await body?.cancel();
    assertEquals(code, 401);
    assert(!server.stderr.includes(TOKEN));
  });

  Deno.test(`${name}: a status that everybody could ask is wrong usage`, async () => {
    const wrong: readonly [flags: readonly string[], complaint: RegExp][] = [
      [["--status", "0.0.0.0:0"], /--status 0\.0\.0\.0:0 without --status-t/],
      [["--status", "[::]:0"], /--status \[::\]:0 without --status-token/],
      [["--status", "127.0.0.1"], /--status "127\.0\.0\.1": expected HOST:P/],
      [["--status-token", TOKEN], /--status-token without --status: expected/],
      [
        ["--status", "127.0.0.1:0", "--status-token", `${TOKEN} x`],
        /--status-token: expected at least 1 character/,
      ],
    ];
    for (const [flags, complaint] of wrong) {
      for (const more of [[], ["--check"]]) {
        const all = [...LISTEN, ...flags, ...more];
        await using server = ServerProcess.spawn(target, all);
        assertEquals(await server.exitCode(), 2, flags.join(" "));
        const [line, ...others] = linesOf(server);
        assertMatch(line, /^echod: Cannot use /);
        assertMatch(line, complaint);
        assertEquals(others, []);
        assert(!server.stderr.includes(TOKEN), line);
      }
    }
  });

  for (const holder of TARGETS) {
    Deno.test(`${name}: a status port that ${holder.name} has is exit code 1 and one line`, async () => {
      const flags = [...LISTEN, "--status", "127.0.0.1:0"];
      await using first = await ServerProcess.start(holder, flags);
      const status = await statusOf(first);
      const { host } = status;
      const taken = [...LISTEN, "--status", host, "--quiet"];
      await using second = ServerProcess.spawn(target, taken);
      assertEquals(await second.exitCode(), 1, second.stderr);
      const [line, ...others] = linesOf(second);
      assertMatch(
        line,
        new RegExp(
          `^echod: Cannot serve --status: Cannot listen on http://${host}: ` +
            "the address is in use: stop the",
        ),
      );
      assertEquals(others, []);
      assertEquals(await healthOf(status), "healthy");
    });
  }
}

Deno.test("deno: the permissions that --check prints are enough, with HTTP and status", async () => {
  const { command: [command, ...args] } = denoCommand();
  const flags = [
    ...["--listen", "http://127.0.0.1:0", "--listen", "https://127.0.0.1:0"],
    ...["--self-signed", "--status", "127.0.0.1:0"],
  ];
  const output = await outputOf(command, [...args, ...flags, "--check"]);
  const [, permissions] = /^permissions +deno run (.*) main\.ts$/m.exec(
    output,
  )!;
  // Neither every host, nor anything but hosts.
  const given = permissions.split(" ");
  assert(given.every((flag) => flag.startsWith("-N=127.0.0.1")), permissions);
  const exact = denoCommand(...given);
  await using server = await ServerProcess.start(exact, flags);
  const response = await soon(
    fetch(server.urls[0], { method: "POST", body: "hello" }),
    "an echo",
  );
  assertEquals(await response.text(), "hello");
  assertEquals(await healthOf(await statusOf(server)), "healthy");
  server.signal("SIGTERM");
  assertEquals(await server.exitCode(), 0, server.stderr);
});

Deno.test("deno: without leave for the status, the flag that grants it is named", async () => {
  const target = denoCommand("-N=127.0.0.1:0");
  const flags = ["--listen", "tcp://127.0.0.1:0", "--status", "127.0.0.1:2"];
  await using server = ServerProcess.spawn(target, flags);
  assertEquals(await server.exitCode(), 2, server.stderr);
  assertMatch(
    server.stderr,
    /^echod: .*Deno needs -N=127\.0\.0\.1:2 -N=127\.0\.0\.1$/m,
  );
});
