import { assert, assertEquals, assertMatch } from "../assert.ts";
import { denoCommand, hasUnix, TARGETS, testIf } from "../targets.ts";
import {
  answering,
  EchoTarget,
  expectEnd,
  nobody,
  objectsOf,
  RunningCommand,
  runOn,
  UNIX_LISTENER,
  UNIX_URL,
} from "./client_commands.ts";
import { run } from "./programs.ts";

const QUICK = ["--interval", "10ms"];

/** The events that ping tells of, without its times. */
function eventsOf(stdout: string): string[] {
  return objectsOf(stdout).map(({ event, seq, kind }) =>
    [event, seq, kind].filter((part) => part !== undefined).join(" ")
  );
}

for (const target of TARGETS) {
  Deno.test(`${target.name}: ping reaches every kind of listener`, async () => {
    await using server = await EchoTarget.start();
    assertEquals(server.urls.length, 7);
    for (const url of server.urls) {
      for (const size of ["1", "50000"]) {
        const flags = ["-c", "3", "-s", size, ...QUICK, ...server.trust(url)];
        const text = await expectEnd(target, ["ping", url, ...flags], 0);
        const replies = text.match(/^[\d,]+ bytes from .*$/gm) ?? [];
        replies.forEach((reply, at) => {
          const shown = size === "1" ? "1" : "50,000";
          assert(reply.startsWith(`${shown} bytes from ${url}`), reply);
          assertMatch(reply, new RegExp(`: seq=${at + 1} time=[\\d.]+ ms$`));
        });
        assertEquals(replies.length, 3, text);
        assertMatch(text, /^3 sent, 3 received, 0% loss, time \d+ ms$/m);
        assertMatch(text, /^min\/avg\/max\/mdev = (\d+\.\d{3}[/ ]){4}ms$/m);
        assertMatch(text, /^p50\/p90\/p99 = (\d+\.\d{3}[/ ]){3}ms$/m);
      }
    }
  });

  testIf(hasUnix(target) && Deno.build.os === "linux")(
    `${target.name}: ping reaches a Unix socket`,
    async () => {
      await using _server = await EchoTarget.start([], UNIX_LISTENER);
      const flags = ["-c", "2", ...QUICK];
      const text = await expectEnd(target, ["ping", UNIX_URL, ...flags], 0);
      assertMatch(text, /^2 sent, 2 received, 0% loss/m);
    },
  );

  Deno.test(`${target.name}: ping --json prints an object a line, the summary last`, async () => {
    await using server = await EchoTarget.start();
    const url = server.url("tcp");
    const args = ["ping", "--json", "-c", "2", ...QUICK, url];
    const { code, stdout, stderr } = await runOn(target, ...args);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(eventsOf(stdout), ["reply 1", "reply 2", "summary"]);
    const [{ bytes, timeMs }, , summary] = objectsOf(stdout);
    assert(bytes === 64 && Number(timeMs) > 0, stdout);
    const { sent, received, lossPercent, minMs, maxMs } = summary;
    assertEquals([summary.url, sent, received, lossPercent], [url, 2, 2, 0]);
    assert(Number(minMs) <= Number(maxMs), stdout);
  });

  Deno.test(`${target.name}: ping finds every wrong byte, over every transport`, async () => {
    await using server = await EchoTarget.start(["--fault", "corrupt:rate=1"]);
    for (const url of server.urls) {
      const flags = ["-c", "1", ...server.trust(url)];
      const text = await expectEnd(target, ["ping", url, ...flags], 1);
      assertMatch(
        text,
        /^seq=1 failed: wrong byte at offset 0: expected 0x.., got 0x..$/m,
        url,
      );
      assertMatch(text, /^1 sent, 0 received, 100% loss/m);
    }
  });

  Deno.test(`${target.name}: ping opens a lost connection anew, and says why it was lost`, async () => {
    await using server = await EchoTarget.start([
      ...["--fault", "limit_data:bytes=100"],
    ]);
    for (const scheme of ["tcp", "tls", "ws"]) {
      const url = server.url(scheme);
      const flags = ["--json", "-c", "3", ...QUICK, ...server.trust(url)];
      const text = await expectEnd(target, ["ping", url, ...flags], 1);
      assertEquals(eventsOf(text), [
        ...["reply 1", "failure 2 closed", "reply 3", "summary"],
      ], scheme);
    }
  });

  Deno.test(`${target.name}: ping gives up on an answer in time`, async () => {
    await using server = await EchoTarget.start(["--fault", "mute"]);
    for (const scheme of ["tcp", "https", "ws"]) {
      const url = server.url(scheme);
      const flags = ["--timeout", "50ms", "-c", "2", ...QUICK];
      const args = ["ping", url, ...flags, ...server.trust(url)];
      const text = await expectEnd(target, args, 1);
      assertMatch(
        text,
        /^seq=2 failed: (no answer|no connection) within 50 ms$/m,
      );
      assertMatch(text, /^2 sent, 0 received, 100% loss/m);
    }
  });

  Deno.test(`${target.name}: ping tells lost datagrams from late and double ones`, async () => {
    await using lossy = await EchoTarget.start([
      ...["--fault", "drop:every=2"],
    ]);
    const flags = ["--json", "-c", "4", "--timeout", "100ms", ...QUICK];
    const lost = await expectEnd(
      target,
      ["ping", lossy.url("udp"), ...flags],
      1,
    );
    assertEquals(eventsOf(lost), [
      ...["reply 1", "failure 2 timeout", "reply 3", "failure 4 timeout"],
      "summary",
    ]);
    assertEquals(objectsOf(lost).at(-1)!.lossPercent, 50);

    await using twice = await EchoTarget.start([
      ...["--fault", "duplicate:conn=1"],
    ]);
    const double = await expectEnd(target, [
      ...["ping", twice.url("udp"), "--json", "-c", "2", "-i", "100ms"],
    ], 0);
    assertEquals(eventsOf(double), [
      ...["reply 1", "duplicate 1", "reply 2", "summary"],
    ]);

    await using slow = await EchoTarget.start([
      ...["--fault", "latency:ms=300,conn=1"],
    ]);
    const late = await expectEnd(target, [
      ...["ping", slow.url("udp"), "--json", "-c", "2", "-i", "600ms"],
      ...["--timeout", "100ms"],
    ], 1);
    assertEquals(eventsOf(late), [
      ...["failure 1 timeout", "late 1", "reply 2", "summary"],
    ]);
  });

  Deno.test(`${target.name}: ping says what is wrong where nobody listens`, async () => {
    for (const scheme of ["tcp", "tls", "http", "ws"]) {
      const args = ["ping", nobody(scheme), "-c", "2", ...QUICK];
      const text = await expectEnd(target, args, 1);
      assertMatch(
        text,
        /^seq=1 failed: connection refused: nobody listens/m,
      );
      assertMatch(text, /^2 sent, 0 received, 100% loss/m);
    }
    const args = ["ping", "tcp://no-such-host.invalid:7", "-c", "1"];
    const text = await expectEnd(target, args, 1);
    assertMatch(text, /^seq=1 failed: there is no such host$/m);
  });

  Deno.test(`${target.name}: ping takes a server that says too much for wrong`, async () => {
    using server = answering((data) => new Uint8Array([...data, 0]));
    const args = ["ping", server.url, "-c", "1"];
    const text = await expectEnd(target, args, 1);
    assertMatch(
      text,
      /^seq=1 failed: more bytes than were sent: expected 64, got 65$/m,
    );
  });

  Deno.test(`${target.name}: ping trusts no certificate that it was not told to`, async () => {
    await using server = await EchoTarget.start();
    for (const scheme of ["tls", "https", "wss"]) {
      const args = ["ping", server.url(scheme), "-c", "1"];
      const text = await expectEnd(target, args, 1);
      assertMatch(
        text,
        /^seq=1 failed: TLS failed: .*(certificate|UnknownIssuer); use --ca FILE/m,
      );
      const plain = server.url("tcp").replace("tcp", scheme);
      assertMatch(
        await expectEnd(target, ["ping", plain, "-c", "1"], 1),
        /^seq=1 failed: TLS failed: the server does not speak TLS there$/m,
      );
    }
  });

  Deno.test(`${target.name}: Ctrl+C ends ping with its summary`, async () => {
    await using server = await EchoTarget.start();
    const args = ["ping", server.url("tcp"), "-i", "1h"];
    await using ping = new RunningCommand(target, ...args);
    await ping.until(/seq=1 time/);
    ping.interrupt();
    assertEquals(await ping.exitCode(), 0);
    assertMatch(ping.text, /^1 sent, 1 received, 0% loss/m);
  });

  testIf(Deno.build.os !== "windows")(
    `${target.name}: ping ends when nobody reads on`,
    async () => {
      await using server = await EchoTarget.start();
      const ping = [...target.command, "ping", server.url("tcp"), ...QUICK];
      const line = `"$@" 2>/dev/null | head -n 3`;
      const { stdout } = await run("sh", "-c", line, "sh", ...ping);
      assertMatch(stdout, /^PING .*\n.* seq=1 .*\n.* seq=2 .*\n$/);
    },
  );

  Deno.test(`${target.name}: what ping cannot do is wrong usage`, async () => {
    await using server = await EchoTarget.start();
    const cases: readonly [args: readonly string[], complaint: RegExp][] = [
      [[], /^echod: Missing URL after ping: expected tcp:/],
      [["tcp://127.0.0.1"], /^echod: Cannot use ping "tcp:\/\/127.0.0.1": /],
      [
        ["udp://127.0.0.1:7", "-s", "65508"],
        /a datagram carries at most 65507/,
      ],
      [[server.url("tcp"), "--ca", server.ca], /--ca with tcp.*it has no TLS/],
      [
        [server.url("tls"), "--ca", "none.pem"],
        /^echod: Cannot read --ca none.pem/,
      ],
      [[server.url("tls"), "--ca", "/dev/null"], /it has no PEM certificate$/],
      [
        [server.url("tcp"), "--port", "7"],
        /--port with ping: it goes with serve/,
      ],
    ];
    for (const [args, complaint] of cases) {
      const text = await expectEnd(target, ["ping", ...args], 2);
      assertMatch(text.trim(), complaint, args.join(" "));
    }
  });
}

Deno.test("deno: ping asks for what it needs, and for no more", async () => {
  await using server = await EchoTarget.start();
  const url = server.url("tcp");
  const host = new URL(url).host;
  const bare = denoCommand("--no-prompt");
  const text = await expectEnd(bare, ["ping", url, "-c", "1"], 2);
  assertEquals(text, `echod: Cannot ping ${url}: Deno needs -N=${host}\n`);
  await expectEnd(denoCommand(`-N=${host}`), ["ping", url, "-c", "1"], 0);

  const secure = server.url("https");
  const flags = ["-c", "1", "--ca", server.ca];
  const needed = [`-N=${new URL(secure).host}`, `-R=${server.ca}`];
  const more = await expectEnd(bare, ["ping", secure, ...flags], 2);
  assert(more.endsWith(`Deno needs ${needed.join(" ")}\n`), more);
  await expectEnd(denoCommand(...needed), ["ping", secure, ...flags], 0);

  const datagrams = server.url("udp");
  const all = await expectEnd(bare, ["ping", datagrams, "-c", "1"], 2);
  assert(all.endsWith("Deno needs -N\n"), all);
});
