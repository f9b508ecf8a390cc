import { assert, assertEquals, assertMatch } from "../assert.ts";
import { ServerProcess } from "../server_process.ts";
import { bunCommand, denoCommand, TARGETS } from "../targets.ts";
import {
  answering,
  EchoTarget,
  expectEnd,
  nobody,
  runOn,
} from "./client_commands.ts";

for (const target of TARGETS) {
  Deno.test(`${target.name}: healthcheck finds every kind of listener healthy`, async () => {
    await using server = await EchoTarget.start();
    for (const url of server.urls) {
      const args = ["healthcheck", url, ...server.trust(url)];
      const { code, stdout, stderr } = await runOn(target, ...args);
      assertEquals([code, stderr], [0, ""], `${url}: ${stdout}`);
      assertMatch(stdout, /^\S+ is healthy: [\d.]+ ms\n$/);
      assert(stdout.startsWith(url), stdout);
    }
  });

  Deno.test(`${target.name}: healthcheck -q says nothing unless it fails`, async () => {
    await using server = await EchoTarget.start();
    const healthy = await runOn(target, "healthcheck", "-q", server.url("tcp"));
    assertEquals(healthy, { code: 0, stdout: "", stderr: "" });
    const url = nobody("tcp");
    const { code, stdout, stderr } = await runOn(
      target,
      ...["healthcheck", "-q", url],
    );
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr,
      `echod: ${url} is not healthy: connection refused: nobody listens there\n`,
    );
  });

  Deno.test(`${target.name}: healthcheck says in one line what is wrong`, async () => {
    using wrong = answering((data) => data.map((byte) => byte ^ 1).slice());
    const text = await expectEnd(target, ["healthcheck", wrong.url], 1);
    assertMatch(
      text,
      /^echod: \S+ is not healthy: wrong byte at offset 0: .*\n$/,
    );

    using silent = answering(() => new Uint8Array());
    const args = ["healthcheck", silent.url, "--timeout", "50ms"];
    const late = await expectEnd(target, args, 1);
    assertMatch(late, /^echod: \S+ is not healthy: no answer within 50 ms\n$/);

    const usage = await expectEnd(target, ["healthcheck", "127.0.0.1:7"], 2);
    assertMatch(usage, /^echod: Cannot use healthcheck "127.0.0.1:7": .*\n$/);
  });

  Deno.test(`${target.name}: healthcheck asks a status server for its health`, async () => {
    const flags = ["--status", "127.0.0.1:0"];
    await using server = await ServerProcess.start(bunCommand, [
      ...["--listen", "http://127.0.0.1:0", "--fault", "mute"],
      ...flags,
    ]);
    const { url } = await server.waitFor({ plane: "status" });
    const health = new URL("/health", `${url}`).href;
    await expectEnd(target, ["healthcheck", health], 0);
    // Anything else is asked for an echo, which a status server does not give.
    const other = await expectEnd(target, ["healthcheck", `${url}`], 1);
    const words =
      /is not healthy: HTTP status 4\d\d; of a status server, ask for (.*)\n$/;
    assertEquals(words.exec(other)?.[1], health);
    // An echo server's own path of that name is silent here.
    const echo = new URL("/health", server.urls[0]).href;
    const mute = ["healthcheck", echo, "--timeout", "50ms"];
    assertMatch(await expectEnd(target, mute, 1), /no answer within 50 ms/);
  });
}

Deno.test("deno: healthcheck of TLS needs no more than the network", async () => {
  await using server = await EchoTarget.start();
  for (const scheme of ["tls", "https", "wss"]) {
    const url = server.url(scheme);
    const target = denoCommand("--no-prompt", `-N=${new URL(url).host}`);
    const text = await expectEnd(target, ["healthcheck", url], 1);
    assertMatch(text, /is not healthy: TLS failed: /, scheme);
  }
});
