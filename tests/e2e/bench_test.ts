import { assert, assertEquals, assertMatch } from "../assert.ts";
import { ServerProcess, soon } from "../server_process.ts";
import { bunCommand, denoCommand, TARGETS } from "../targets.ts";
import { benchOn } from "./bench_result.ts";
import {
  answering,
  EchoTarget,
  expectEnd,
  nobody,
  RunningCommand,
  UNIX_LISTENER,
  UNIX_URL,
} from "./client_commands.ts";

const SHORT = ["--duration", "300ms", "--connections", "4"];

for (const target of TARGETS) {
  const bench = benchOn(target);

  Deno.test(`${target.name}: bench puts a load on every kind of listener`, async () => {
    await using server = await EchoTarget.start();
    for (const url of server.urls) {
      const flags = [...SHORT, "--size", "1000", ...server.trust(url)];
      const { open, echoes, errors, timesMs, ...result } = await bench(
        0,
        ...[url, ...flags],
      );
      assertEquals([open, errors], [4, []], url);
      // A timer may fire up to a millisecond early.
      const isLoad = echoes >= 4 && result.seconds >= 0.298;
      assert(isLoad, `${url}: ${echoes} in ${result.seconds} s`);
      assertEquals(
        result.bytesPerSecond,
        Math.round(result.echoesPerSecond * 1000),
      );
      const { min, p50, p90, p99, max } = timesMs;
      const rising = [0, min, p50 * 1.01, p90 * 1.02, p99 * 1.03, max * 1.04];
      assertEquals(rising.toSorted((a, b) => a - b), rising, url);
    }
  });

  Deno.test(`${target.name}: bench pipelines, and sends what is larger than any buffer`, async () => {
    await using server = await EchoTarget.start([], [
      ...["--listen", "tcp://127.0.0.1:0", "--listen", "tls://127.0.0.1:0"],
      ...["--self-signed"],
      ...UNIX_LISTENER,
    ]);
    for (const url of [server.url("tcp"), UNIX_URL]) {
      const many = await bench(0, url, ...SHORT, "-P", "16");
      assert(many.echoes >= 64, `${url}: ${many.echoes}`);
      const large = await bench(0, url, ...SHORT, "-P", "2", "-s", "3MB");
      assert(large.echoes >= 1, `${url}: ${large.echoes}`);
    }
  });

  Deno.test(`${target.name}: bench keeps to a rate, over every way that it has`, async () => {
    await using server = await EchoTarget.start();
    await Promise.all(["tcp", "udp", "ws"].map(async (scheme) => {
      const args = [server.url(scheme), "-d", "1s", "-c", "5", "--rate", "200"];
      const { echoes, afterEnd, unsent, ...result } = await bench(0, ...args);
      // Each message is told of, but for those of the last milliseconds.
      const told = echoes + afterEnd + unsent + result.unanswered.count;
      const due = result.seconds * 200 + 1;
      assert(told <= due && told >= due * 0.9, `${scheme}: ${told} of ${due}`);
    }));
  });

  Deno.test(`${target.name}: bench charges a slow server with all that had to wait`, async () => {
    await using server = await EchoTarget.start([
      ...["--fault", "latency:ms=100"],
    ]);
    const flags = ["-d", "1s", "-c", "2", "--rate", "200"];
    const { timesMs, unsent } = await bench(0, server.url("tcp"), ...flags);
    // Of two connections, twenty messages a second come back.
    assert(unsent > 100, `${unsent}`);
    assert(timesMs.p90 > 500, `${timesMs.p90}`);
  });

  Deno.test(`${target.name}: bench shares its connections among threads`, async () => {
    await using server = await EchoTarget.start();
    for (const scheme of ["tcp", "http"]) {
      const flags = ["-d", "300ms", "-c", "5", "--threads", "2"];
      const result = await bench(0, server.url(scheme), ...flags);
      assertEquals([result.open, result.errors], [5, []]);
      assert(result.echoes >= 5, `${result.echoes}`);
    }
    const wrong = await EchoTarget.start(["--fault", "corrupt:rate=1"]);
    await using _closing = wrong;
    const flags = ["-d", "1h", "-c", "5", "--threads", "2"];
    const result = await bench(1, wrong.url("tcp"), ...flags);
    assertMatch(result.wrong!, /^connection [1-5], message 1: wrong byte at/);
    assertEquals(result.errors.map(({ count }) => count), [1]);
    const args = ["bench", nobody("tcp"), ...flags];
    assertMatch(
      await expectEnd(target, args, 1),
      /^5 of 5 connections failed$/m,
    );
  });

  Deno.test(`${target.name}: bench ends at the first wrong byte, whatever the transport`, async () => {
    await using server = await EchoTarget.start([
      "--fault",
      "corrupt:rate=0.001",
    ]);
    for (const url of server.urls) {
      const flags = ["-d", "1h", "-c", "3", ...server.trust(url)];
      const { wrong, errors, notOpen } = await bench(1, url, ...flags);
      assertEquals(notOpen, [], url);
      assertMatch(
        wrong!,
        /^connection [1-3], message \d+: wrong byte at offset \d+: expected 0x.., got 0x..$/,
        url,
      );
      assertEquals(errors.map(({ kind, count }) => [kind, count]), [
        ["wrong-bytes", 1],
      ]);
    }
    // What answers the first request with too little, and that is all of it.
    await using web = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response(),
    );
    const short = `http://127.0.0.1:${web.addr.port}/`;
    const first = await bench(1, short, "-d", "1h", "-c", "1");
    assertEquals(
      first.wrong,
      "connection 1, message 1: an answer of 64 bytes has come back with 0",
    );
    using more = answering((data) => new Uint8Array([...data, 0]));
    const { wrong } = await bench(1, more.url, "-d", "1h", "-c", "1");
    assertMatch(wrong!, /^connection 1, message 2: more bytes than were sent/);
  });

  Deno.test(`${target.name}: bench says how many connections failed, and why`, async () => {
    const args = ["bench", nobody("tcp"), ...SHORT];
    const text = await expectEnd(target, args, 1);
    assertMatch(text, /^4 of 4 connections failed$/m);
    assertMatch(text, /^ {2}4 refused: connection refused: nobody listens/m);
    assertMatch(text, /^nothing was sent$/m);

    await using server = await ServerProcess.start(bunCommand, [
      ...["--listen", "ws://127.0.0.1:0".replace("ws", "http")],
      ...["--max-connections", "3"],
    ]);
    const url = server.urls[0].href.replace("http", "ws");
    const { open, notOpen, echoes } = await bench(1, url, ...SHORT);
    assertEquals([open, notOpen.length], [3, 1]);
    assert(echoes > 0);
  });

  Deno.test(`${target.name}: Ctrl+C ends bench early, with all that it has measured`, async () => {
    const busy = Promise.withResolvers<void>();
    let answers = 0;
    using server = answering((data) => {
      if (++answers === 100) busy.resolve();
      return data.slice();
    });
    const args = ["bench", server.url, "-d", "1h", "-c", "2"];
    await using running = new RunningCommand(target, ...args);
    await soon(busy.promise, "a hundred answers");
    assertMatch(running.text, /^BENCH tcp:.* with 2 connections, 64 bytes$/m);
    running.interrupt();
    assertEquals(await running.exitCode(), 0);
    assertMatch(running.text, /^[\d,]+ echo(es)? in \d\.\d\d s$/m);
    assertMatch(
      running.text,
      /^rate {3}[\d,]+ a second, .* a second each way$/m,
    );
    assertMatch(
      running.text,
      /^times {2}p50 .*, p90 .*, p99 .*, p99\.9 .*, max/m,
    );
    assertMatch(running.text, /^ {2}< +[\d.]+ (µs|ms) +[\d.]+% /m);
    assert(!running.text.includes("errors"), running.text);
  });

  Deno.test(`${target.name}: what bench cannot do is wrong usage`, async () => {
    const cases: readonly [args: readonly string[], complaint: RegExp][] = [
      [
        ["udp://127.0.0.1:7", "-P", "2"],
        /--pipeline 2 with udp:.*only tcp, tls and unix/,
      ],
      [["ws://127.0.0.1:7", "-P", "16"], /--pipeline 16 with ws:/],
      [
        ["tcp://127.0.0.1:7", "-c", "0"],
        /--connections "0": expected at least 1/,
      ],
      [
        ["tcp://127.0.0.1:7", "--rate", "fast"],
        /--rate "fast": expected a whole/,
      ],
      [["udp://127.0.0.1:7", "-s", "64KiB"], /at most 65507 bytes/],
      [
        ["tcp://127.0.0.1:7", "-P", "9000000000"],
        /--pipeline "9000000000": expected a whole number from 1 to 100000/,
      ],
      [
        ["tcp://127.0.0.1:7", "-c", "100001"],
        /--connections "100001": expected a whole number from 1 to 100000/,
      ],
      [
        ["tcp://127.0.0.1:7", "--rate", "1000000001"],
        /--rate "1000000001": expected a whole number from 1 to 1000000000/,
      ],
      [
        ["tcp://127.0.0.1:7", "-c", "1001", "-P", "10000"],
        /--pipeline 10000 with --connections 1001: expected at most/,
      ],
    ];
    for (const [args, complaint] of cases) {
      assertMatch(await expectEnd(target, ["bench", ...args], 2), complaint);
    }
  });
}

Deno.test("deno: threads need leave to read the program, and say so", async () => {
  await using server = await EchoTarget.start();
  const url = server.url("tcp");
  const host = new URL(url).host;
  const target = denoCommand("--no-prompt", `-N=${host}`);
  const args = ["bench", url, "--threads", "2"];
  const text = await expectEnd(target, args, 2);
  assertMatch(text, /^echod: Cannot start threads: Deno needs -R=\S+\n$/);
  const [flag] = /-R=\S+/.exec(text)!;
  const granted = denoCommand("--no-prompt", `-N=${host}`, flag);
  await expectEnd(granted, [...args, "-d", "100ms"], 0);
});
