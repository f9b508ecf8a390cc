import { assert, assertEquals, assertMatch } from "../assert.ts";
import { soon } from "../server_process.ts";
import { TARGETS } from "../targets.ts";
import { benchOn } from "./bench_result.ts";
import { answering, EchoTarget, RunningCommand } from "./client_commands.ts";

const SHORT = ["--duration", "300ms", "--connections", "4"];

for (const target of TARGETS) {
  const bench = benchOn(target);

  Deno.test(`${target.name}: bench finds out a server that never answers again`, async () => {
    const runs = [["-d", "300ms"], ["-d", "300ms", "--rate", "1000"]];
    await Promise.all(runs.map(async (flags) => {
      let left = 20;
      using server = answering((data) =>
        left-- > 0 ? data.slice() : new Uint8Array()
      );
      const args = [server.url, ...flags, "-c", "2"];
      const { errors, unanswered, ...result } = await bench(1, ...args);
      assertEquals([result.echoes, unanswered.count], [20, 2]);
      assertEquals(errors.map(({ kind }) => kind), ["unanswered"]);
      // Those that have waited until the end are the slowest of all.
      assertEquals(result.timesMs.max, unanswered.oldestMs);
      assert(result.timesMs.p99 > 100, `${result.timesMs.p99}`);
      assertEquals(flags.includes("--rate"), result.unsent > 0);
    }));
  });

  Deno.test(`${target.name}: bench counts datagrams that come again, or too late`, async () => {
    await using twice = await EchoTarget.start(["--fault", "duplicate:p=1"]);
    const again = await bench(0, twice.url("udp"), "-c", "1", "-d", "300ms");
    // Of the last one, the second may not have come yet.
    assert(again.duplicates >= again.echoes - 1, `${again.duplicates}`);
    await using slow = await EchoTarget.start(["--fault", "latency:ms=100"]);
    const flags = ["-c", "1", "-d", "300ms", "--timeout", "30ms"];
    const late = await bench(1, slow.url("udp"), ...flags);
    assertEquals(late.errors[0].kind, "timeout");
    assertEquals([late.echoes, late.lost], [0, late.errors[0].count]);
    assert(late.late > 0);
  });

  Deno.test(`${target.name}: bench does not spin where nothing can be sent`, async () => {
    const flags = ["-c", "1", "-d", "200ms"];
    const { errors } = await bench(1, "udp://255.255.255.255:9", ...flags);
    // Each try is followed by a longer pause.
    assert(errors[0].count < 10, `${errors[0].count}`);
  });

  Deno.test(`${target.name}: bench counts errors by kind, and goes on`, async () => {
    await using server = await EchoTarget.start([
      ...["--fault", "limit_data:bytes=100"],
    ]);
    const { echoes, errors, ...result } = await bench(
      1,
      ...[server.url("tcp"), ...SHORT],
    );
    assertEquals(errors.map(({ kind }) => kind), ["closed"]);
    // Each of the four was opened anew, and answered once each time.
    assert(echoes > 4 && errors[0].count > 4, `${echoes} ${errors[0].count}`);
    assertEquals(result.wrong, undefined);

    await using lossy = await EchoTarget.start(["--fault", "drop:p=0.5"]);
    const flags = [...SHORT, "--timeout", "20ms"];
    const lost = await bench(1, lossy.url("udp"), ...flags);
    assertEquals(lost.errors.map(({ kind }) => kind), ["timeout"]);
    assert(lost.echoes > 0 && lost.errors[0].count > 0);
  });

  Deno.test(`${target.name}: a second Ctrl+C ends bench and ping at once`, async () => {
    for (const command of ["bench", "ping"]) {
      const asked = Promise.withResolvers<void>();
      using server = answering(() => {
        asked.resolve();
        return new Uint8Array();
      });
      await using running = new RunningCommand(target, command, server.url);
      await soon(asked.promise, "a message");
      running.interrupt();
      await new Promise((resolve) => setTimeout(resolve, 50));
      running.interrupt();
      assertEquals(await running.exitCode(), 1);
      assertMatch(running.text, /^(BENCH|PING) .*\n$/);
    }
  });
}
