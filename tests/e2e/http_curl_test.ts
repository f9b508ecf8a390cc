import { assert, assertEquals, assertMatch } from "../assert.ts";
import { TARGETS } from "../targets.ts";
import { isInstalled, run } from "./programs.ts";
import { WebProcess } from "./web_process.ts";

const ignore = !await isInstalled("curl", "--version");

/** What curl has got. */
interface Answer {
  /** The lines of all headers, in lower case. */
  readonly head: string;
  readonly body: string;
}

/** Runs curl, whose answer begins with its headers. */
async function curl(...args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await run("curl", "-sSi", ...args);
  assertEquals(code, 0, stderr);
  const [, head, body] = /^((?:HTTP\/.*?\r\n\r\n)+)(.*)$/s.exec(stdout)!;
  return { head: head.toLowerCase(), body };
}

for (const target of TARGETS) {
  const { name } = target;
  const test = (title: string, fn: () => Promise<void>) =>
    Deno.test({ name: `${name}: ${title}`, ignore, fn });

  test("curl reads what it has sent, but no secrets", async () => {
    await using web = await WebProcess.start(target);
    const { head, body } = await curl(
      ...["-u", "me:hunter2", "-b", "a=hunter2", "-H", "X-Two: 1"],
      `${web.http}/some/path?q=1&q=2&r=`,
    );
    assertMatch(head, /^http\/1\.1 200 /);
    assertMatch(head, /\r\ncontent-type: application\/json; charset=utf-8\r\n/);
    const { peer, time, headers, ...rest } = JSON.parse(body);
    assertEquals(rest, {
      ...{ method: "GET", path: "/some/path", version: "HTTP/1.1" },
      ...{ query: { q: ["1", "2"], r: "" }, connection: 1 },
    });
    const { peer: logged } = await web.server.waitFor({ event: "connect" });
    assertEquals(peer, logged);
    assert(Math.abs(Date.parse(time) - Date.now()) < 60_000);
    const { authorization, cookie, "x-two": two, host } = headers;
    assertEquals(
      [authorization, cookie, two, host],
      ["<redacted>", "<redacted>", "1", new URL(web.http).host],
    );
    assert(!body.includes("hunter2") && !web.server.stderr.includes("q=1"));
  });

  test("curl --http2 gets the best that there is over TLS", async () => {
    await using web = await WebProcess.start(target);
    const [version, alpn] = name === "deno"
      ? ["HTTP/2", "h2"]
      : ["HTTP/1.1", "http/1.1"];
    const tls = ["--http2", "--cacert", web.cert];
    const told = await curl(...tls, `${web.https}/x`);
    assertMatch(told.head, new RegExp(`^${version} 200`, "i"));
    const about = JSON.parse(told.body);
    assertEquals(
      [about.version, about.tls, about.alpn],
      [version, "TLSv1.3", alpn],
    );
    const echo = await curl(...tls, "-d", "<b>hello</b>", web.https);
    assertEquals(echo.body, "<b>hello</b>");
    const old = await curl("--http1.1", "--cacert", web.cert, web.https);
    assertEquals(JSON.parse(old.body).version, "HTTP/1.1");
    // Over plain TCP it asks for an upgrade, which nobody has to heed.
    const plain = await curl("--http2", web.http);
    assertEquals(JSON.parse(plain.body).version, "HTTP/1.1");
    if (name === "deno") {
      const known = await curl("--http2-prior-knowledge", web.http);
      assertEquals(JSON.parse(known.body).version, "HTTP/2");
    }
    const { alpn: logged } = await web.server.waitFor({ event: "connect" });
    assertEquals(logged, alpn);
    const stranger = await run("curl", "-sS", web.https);
    assertEquals(stranger.code, 60, stranger.stderr);
  });

  test("curl -d gets its body back, never as HTML", async () => {
    await using web = await WebProcess.start(target);
    const types = {
      "text/html": "application/octet-stream",
      "application/javascript": "application/octet-stream",
      "image/svg+xml": "application/octet-stream",
      "text/plain; charset=utf-8": "text/plain; charset=utf-8",
    };
    const script = "<script>alert(1)</script>";
    for (const [claimed, answered] of Object.entries(types)) {
      const type = ["-H", `Content-Type: ${claimed}`];
      const { head, body } = await curl(...type, "-d", script, web.http);
      assertEquals(body, script);
      assert(head.includes(`\r\ncontent-type: ${answered}\r\n`), head);
      assert(head.includes("\r\nx-content-type-options: nosniff\r\n"), head);
    }
  });

  test("curl --compressed gets gzip, others do not", async () => {
    await using web = await WebProcess.start(target);
    const zipped = await curl("--compressed", `${web.http}/zipped`);
    assertMatch(zipped.head, /\r\ncontent-encoding: gzip\r\n/);
    assertEquals(JSON.parse(zipped.body).path, "/zipped");
    const plain = await curl(`${web.http}/plain`);
    assert(!plain.head.includes("content-encoding"), plain.head);
    assertEquals(JSON.parse(plain.body).path, "/plain");
  });

  test("curl uses a connection again, after HEAD and errors as well", async () => {
    await using web = await WebProcess.start(target);
    const one = ["-sS", "-o", "/dev/null", "-w", "%{http_code} "];
    const { code, stdout, stderr } = await run("curl", ...[
      ...[...one, "--head", `${web.http}/a`, "--next"],
      ...[...one, "-d", "hello", `${web.http}/b?status=503`, "--next"],
      ...[...one, `${web.http}/c?status=204`, "--next"],
      ...[...one, "-d", "hello", `${web.http}/d?status=nonsense`, "--next"],
      ...[...one, `${web.http}/e?size=1MiB`, "--next"],
      ...[...one, `${web.http}/f?close=true`],
    ]);
    assertEquals([code, stdout], [0, "200 503 204 400 200 200 "], stderr);
    await web.over(1);
    const seen = web.server.all({ event: "request" }).map((
      { id, method, path, status, bytesOut },
    ) => [id, method, path, status, Number(bytesOut) > 0]);
    assertEquals(seen, [
      [1, "HEAD", "/a", 200, false],
      [1, "POST", "/b", 503, true],
      [1, "GET", "/c", 204, false],
      [1, "POST", "/d", 400, true],
      [1, "GET", "/e", 200, true],
      [1, "GET", "/f", 200, true],
    ]);
    assertEquals(web.server.all({ event: "connect" }).length, 1);
  });

  test("curl waits for 100 Continue, and sends nothing where it is not wanted", async () => {
    await using web = await WebProcess.start(target, "--max-body", "1KiB");
    // Longer than anybody waits for this test: curl must not send unasked.
    const expects = ["-H", "Expect: 100-continue", "--expect100-timeout", "60"];
    const welcome = await curl(...expects, "-d", "hello", web.http);
    assertMatch(welcome.head, /^http\/1\.1 100 .*\r\n\r\nhttp\/1\.1 200 /s);
    assertEquals(welcome.body, "hello");
    // A body that comes after its header is no reason to end the connection.
    assert(!welcome.head.includes("connection: close"), welcome.head);
    const long = "x".repeat(1025);
    const { stdout } = await run("curl", ...[
      ...["-sS", ...expects, "-d", long, web.http],
      ...["-w", "%{http_code} %{size_upload}"],
    ]);
    assertMatch(stdout, /^The body of 1025 bytes is longer than/);
    assertMatch(stdout, /\n413 0$/);
  });
}
