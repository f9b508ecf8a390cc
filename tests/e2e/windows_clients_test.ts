import { assertEquals, assertMatch } from "../assert.ts";
import { WINDOWS } from "../wine/core.ts";
import { EchoTarget, objectsOf, runOn } from "./client_commands.ts";

for (const target of WINDOWS) {
  Deno.test("windows: ping, bench and healthcheck reach a server", async () => {
    await using server = await EchoTarget.start();
    for (const scheme of ["tcp", "tls", "udp", "http", "wss"]) {
      const url = server.url(scheme);
      // Files have other names there, so that certificates are not trusted.
      const isSecure = server.trust(url).length > 0;
      const args = ["ping", url, "-c", "2", "-i", "10ms"];
      const { code, stdout } = await runOn(target, ...args);
      assertEquals(code, isSecure ? 1 : 0, stdout);
      assertMatch(stdout, isSecure ? /TLS failed: / : /2 sent, 2 received/);
    }
    const flags = ["--json", "-c", "4", "-d", "300ms", "--threads", "2"];
    const bench = await runOn(target, "bench", server.url("tcp"), ...flags);
    const [{ open, errors }] = objectsOf(bench.stdout);
    assertEquals([bench.code, open, errors], [0, 4, []], bench.stdout);
    const health = await runOn(target, "healthcheck", server.url("ws"));
    assertEquals(health.code, 0, health.stderr);
  });

  Deno.test("windows: a Unix socket is wrong usage", async () => {
    const { code, stderr } = await runOn(target, "ping", "unix:@x");
    assertEquals(code, 2);
    assertMatch(
      stderr,
      /Cannot ping unix:@x: Windows has no Unix sockets here/,
    );
  });
}
