import { assertEquals, assertMatch } from "../assert.ts";
import { ServerProcess } from "../server_process.ts";
import { bunCommand, denoCommand } from "../targets.ts";
import { CORE_TARGETS } from "../wine/core.ts";

/** Wrong command lines, and what the one line on standard error says. */
const WRONG: readonly [flags: readonly string[], complaint: RegExp][] = [
  [["--prot", "1"], /^echod: Unknown flag --prot: did you mean --port\?$/],
  [["--port", "70000"], /^echod: .*--port "70000".*0 to 65535$/],
  [["--port", "-1"], /^echod: .*--port "-1": expected a port/],
  [["--idle-timeout", "5x"], /^echod: .*"5x": unknown unit "x".*30s/],
  [["--idle-timeout", "900000h"], /^echod: .*at most 596h$/],
  [["--max-bytes", "1e99"], /^echod: .*--max-bytes "1e99"/],
  [["--max-connections", "many"], /^echod: .*--max-connections "many"/],
  [["--log-level", "loud"], /^echod: .*debug, info, warn, error$/],
  [["--listen", "sctp://127.0.0.1:7"], /^echod: .*unknown scheme "sctp"/],
  [["--listen", "tcp://127.0.0.1"], /^echod: .*tcp:\/\/HOST:PORT/],
  [["-l", "tcp://[::1]:0", "-p", "1"], /^echod: .*--port together with/],
  [["--quiet=yes"], /^echod: .*takes no value$/],
  [["--port"], /^echod: Missing value for --port: expected --port PORT$/],
  [
    ["--max-connections", "9".repeat(20)],
    /^echod: .*at most 9007199254740991$/,
  ],
  [["--host", "*"], /^echod: .*--host "\*": expected a host name/],
  [["--fault", "latency:sm=1"], /^echod: .*no key "sm", expected ms, jitter/],
  [["extra"], /^echod: Unexpected argument "extra"/],
  [["8080"], /^echod: Unexpected argument "8080": did you mean --port 8080\?$/],
  [["-N"], /^echod: Unknown flag -N: flags of Deno go before the program/],
  [
    ["--config", "no/such.json"],
    /^echod: Cannot read --config no\/such.json: /,
  ],
];

/** What echod itself said, without Deno's reports of its downloads. */
function complaintOf({ stderr }: ServerProcess): string {
  return stderr.split("\n").filter((line) => line.startsWith("echod: "))
    .join("\n");
}

for (const target of CORE_TARGETS) {
  Deno.test(`${target.name}: wrong usage gets one line and exit code 2`, async () => {
    for (const [flags, complaint] of WRONG) {
      await using server = ServerProcess.spawn(target, flags);
      assertEquals(await server.exitCode(), 2, flags.join(" "));
      assertMatch(complaintOf(server), complaint);
    }
  });

  Deno.test(`${target.name}: a port in use is exit code 1, with a way out`, async () => {
    await using server = await ServerProcess.start(target);
    const flags = ["--host", "127.0.0.1", "--port", `${server.port}`];
    await using second = ServerProcess.spawn(target, flags);
    assertEquals(await second.exitCode(), 1);
    const address = `tcp://127.0.0.1:${server.port}`;
    assertMatch(
      complaintOf(second),
      new RegExp(`^echod: .*${address}: .*in use.*another port`),
    );
  });

  Deno.test(`${target.name}: a ready file that cannot be written is told of before it listens`, async () => {
    const flags = ["--ready-file", "no/such/directory/ready"];
    await using server = ServerProcess.spawn(target, flags);
    assertEquals(await server.exitCode(), 2);
    assertMatch(complaintOf(server), /^echod: Cannot write --ready-file no/);
    assertEquals(server.records, []);
  });

  Deno.test(`${target.name}: with --log-format json, failures are JSON too`, async () => {
    await using server = await ServerProcess.start(target);
    const flags = ["--host", "127.0.0.1", "--port", `${server.port}`];
    await using second = ServerProcess.spawn(target, [
      ...flags,
      "--log-format",
      "json",
    ]);
    assertEquals(await second.exitCode(), 1);
    const { message } = await second.waitFor({ event: "error" });
    assertMatch(`${message}`, /in use/);
  });
}

Deno.test("deno: a missing permission is an error that names the flag, not a prompt", async () => {
  const file = "some file.json";
  const cases: readonly [string[], string[], RegExp][] = [
    [[], ["-p", "0"], /^echod: .*tcp:\/\/0\.0\.0\.0:0: Deno needs -N/],
    [["-N"], ["--config", file], /^echod: .*Deno needs '-R=some file.json'$/],
    [["-N"], ["--ready-file", "a/b"], /^echod: .*Deno needs -R=a -W=a$/],
  ];
  for (const [permissions, flags, complaint] of cases) {
    await using server = ServerProcess.spawn(
      denoCommand(...permissions),
      flags,
    );
    assertEquals(await server.exitCode(), 2);
    assertMatch(complaintOf(server), complaint);
  }
});

Deno.test("deno: without -E, variables are not read and nobody is asked", async () => {
  await using server = await ServerProcess.start(denoCommand("-N"), [], {
    env: { ECHOD_PORT: "nonsense", ECHOD_LOG_FORMAT: "nonsense" },
  });
  assertEquals(server.records.length, 1);
});

for (const target of [denoCommand("-N", "-E"), bunCommand]) {
  Deno.test(`${target.name}: a variable that is wrong is named`, async () => {
    const env = { ECHOD_IDLE_TIMEOUT: "soon" };
    await using server = ServerProcess.spawn(target, [], { env });
    assertEquals(await server.exitCode(), 2);
    assertMatch(complaintOf(server), /^echod: .*ECHOD_IDLE_TIMEOUT "soon"/);
  });
}
