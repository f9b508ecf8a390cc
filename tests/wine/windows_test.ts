import { assert, assertEquals, assertMatch } from "../assert.ts";
import { connect, echoes, noise, receiveAll, send, sha256 } from "../client.ts";
import { WebProcess } from "../e2e/web_process.ts";
import { ServerProcess } from "../server_process.ts";
import { outputOf, type Target } from "../targets.ts";
import { stacksOf } from "../transports.ts";
import { WINDOWS } from "./core.ts";
import { untilWritten } from "./until_written.ts";

// All byte values, and what a console or a file of text may change.
const DELICATE = Uint8Array.from([
  ...Array(256).keys(),
  ...new TextEncoder().encode("a\r\nb\nc\rd\n\re\x1af\x00g\uFEFFh\r\n"),
]);

/** A path as Windows writes it; Wine's drive Z is this system's root. */
function windowsPath({ isWine }: Target, path: string): string {
  return isWine ? `Z:${path.replaceAll("/", "\\")}` : path;
}

for (const stack of stacksOf(WINDOWS, "tcp", "tls")) {
  Deno.test(`${stack.name}: line ends, Ctrl+Z and all byte values come back as they were`, async () => {
    await using server = await stack.start();
    using conn = await stack.dial(server);
    for (const byte of DELICATE) await echoes(conn, Uint8Array.of(byte));
    const data = new Uint8Array(4 * 2 ** 20);
    for (let at = 0; at + 1000 < data.length; at += 1000) {
      data.set(DELICATE, at);
      data.set(noise(1000 - DELICATE.length), at + DELICATE.length);
    }
    const receiving = receiveAll(conn);
    await send(conn, data);
    await conn.closeWrite();
    assertEquals((await receiving).hex(), sha256(data));
  });
}

for (const target of WINDOWS) {
  const { name } = target;

  Deno.test(`${name}: --version says that it is the executable for Windows`, async () => {
    const [command, ...args] = target.command;
    const version = await outputOf(command, [...args, "-V"], target.env);
    assertMatch(version, /^target: windows-x64$/m);
  });

  Deno.test(`${name}: --listen unix: is wrong usage, which says what to use instead`, async () => {
    for (const path of ["/tmp/echo.sock", "C:\\echo.sock", "@echo"]) {
      const flags = ["--listen", `unix:${path}`];
      await using server = ServerProcess.spawn(target, flags);
      assertEquals(await server.exitCode(), 2);
      assertMatch(
        server.stderr,
        /^echod: [^\n]+Windows has no Unix sockets[^\n]+use tcp:\/\/127[^\n]+\n$/,
      );
    }
  });

  Deno.test(`${name}: paths may have spaces and letters of any language`, async () => {
    const prefix = "echod tést 日本 😀 ";
    const directory = await Deno.makeTempDir({ prefix });
    const path = (name: string) => windowsPath(target, `${directory}/${name}`);
    await Deno.writeTextFile(
      `${directory}/con fig.json`,
      JSON.stringify({
        listen: ["tls://127.0.0.1:0"],
        selfSigned: true,
        certOut: path("zertifikät.pem"),
        readyFile: path("готов.json"),
      }),
    );
    await using server = ServerProcess.spawn(target, [
      ...["--config", path("con fig.json"), "--log-format", "json"],
    ], { directory });
    const ready = await untilWritten(`${directory}/готов.json`);
    assertEquals(JSON.parse(ready).urls, [`tls://127.0.0.1:${server.port}`]);
    const caCerts = [await Deno.readTextFile(`${directory}/zertifikät.pem`)];
    const hostname = "127.0.0.1";
    using conn = await Deno.connectTls({
      ...{ hostname, port: server.port, caCerts },
    });
    await echoes(conn);

    const missing = path("ñ 没有.json");
    const flags = ["--config", missing];
    await using other = ServerProcess.spawn(target, flags);
    assertEquals(await other.exitCode(), 2);
    assert(
      other.stderr.includes(`Cannot read --config ${missing}: `),
      other.stderr,
    );
  });

  Deno.test(`${name}: the status is told, as a page, as JSON and as metrics`, async () => {
    await using web = await WebProcess.start(target);
    const { server } = web;
    const data = noise(1000);
    const response = await fetch(web.http, { method: "POST", body: data });
    assertEquals(sha256(await response.bytes()), sha256(data));
    await web.answered(1);
    using _ = await connect(server.port);
    await server.waitFor({ event: "connect" }, 2);

    const { state, runtime, listeners, connections, http } = await web.report();
    assertEquals(state, "running");
    assertMatch(runtime, /^bun \d/);
    assertEquals(
      listeners.map(({ url }) => url),
      [web.http, web.https],
    );
    assertEquals([connections.accepted, http.answers], [2, { 200: 1 }]);
    const metrics = await web.metrics();
    assertEquals(metrics['echod_http_responses_total{code="200"}'], 1);
    const page = await web.ask("/");
    assertMatch(await page.text(), /^<!doctype html>/i);
  });
}
