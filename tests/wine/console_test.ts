import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { connect, echoes, receiveAll } from "../client.ts";
import { isInstalled } from "../e2e/programs.ts";
import { repositoryPath } from "../paths.ts";
import { ServerProcess } from "../server_process.ts";
import { outputOf, type Target } from "../targets.ts";
import { Console } from "./console.ts";
import { WINDOWS } from "./core.ts";
import { untilWritten } from "./until_written.ts";

const HOUR_MS = 3_600_000;

/** What a console tells its programs, and how long they have. */
const EVENTS: readonly [name: string, number: number, timeoutMs: number][] = [
  ["Ctrl+C", 0, HOUR_MS],
  ["Ctrl+Break", 1, HOUR_MS],
  ["closing the console", 2, 4000],
];

const SCRIPT = repositoryPath("tests/wine/console_event.ts");

/** Sends an event of a console to a program, whose ID is that of Windows. */
async function sendEvent(
  { command: [first, ...args], env }: Target,
  pid: number,
  event: number,
): Promise<void> {
  // With this variable, an executable of Bun is Bun itself.
  const all = { ...env, BUN_BE_BUN: "1" };
  await outputOf(first, [...args, "run", SCRIPT, `${pid}`, `${event}`], all);
}

for (const target of WINDOWS) {
  for (const [name, event, timeoutMs] of EVENTS) {
    Deno.test(`${target.name}: ${name} stops it in order`, async () => {
      const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
      const ready = `${directory}/ready`;
      await using server = await ServerProcess.start(target, [
        ...["--ready-file", ready, "--shutdown-timeout", "1h"],
      ], { directory });
      using conn = await connect(server.port);
      await echoes(conn);
      const { pid } = JSON.parse(await untilWritten(ready));
      await sendEvent(target, pid, event);
      await server.waitFor({ event: "shutdown", timeoutMs });
      assertEquals((await receiveAll(conn)).bytes, 0);
      assertEquals(await server.exitCode(), 0);
      assertEquals(server.all({ reason: "shutdown" }).length, 1);
      assert(!existsSync(ready), "the ready file has stayed");
    });
  }
}

const HAS_SCRIPT = await isInstalled("script", "--version");

for (const target of WINDOWS.filter(({ isWine }) => isWine && HAS_SCRIPT)) {
  Deno.test(`${target.name}: a console shows the address and how to try it, and Ctrl+C ends it in order`, async () => {
    await using shown = new Console(target, {
      ...{ ECHOD_HOST: "127.0.0.1", ECHOD_PORT: "0" },
    });
    const [, url, port] = await shown.waitFor(/ url=(tcp:\S+:(\d+)) /);
    await shown.waitFor(RegExp(`${url}[^]+${port}[^]+Ctrl\\+C`));
    using conn = await connect(Number(port));
    await echoes(conn);
    await shown.type("\x03");
    assertEquals((await receiveAll(conn)).bytes, 0);
    assertEquals(await shown.exitCode(), 0);
    await shown.waitFor(/ disconnect .* reason=shutdown/);
  });

  Deno.test(`${target.name}: a console stays open until why nothing runs is read`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using shown = new Console(target, {
      ECHOD_HOST: "127.0.0.1",
      ECHOD_PORT: `${listener.addr.port}`,
    });
    await shown.waitFor(/^echod: .* in use.*\n[^]*Enter/m);
    await delay(300);
    assert(!shown.hasEnded, "nobody has had time to read");
    // Wine's console does not take Enter alone.
    await shown.type(" \r\n");
    assertEquals(await shown.exitCode(), 1);
  });
}
