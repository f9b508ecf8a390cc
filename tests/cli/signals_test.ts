import { drainTimeMs, StopSignals } from "../../src/cli/signals.ts";
import { assertEquals } from "../assert.ts";
import { FakeProcess } from "../fake_process.ts";

Deno.test("signals come in order, those before anybody asks, too", async () => {
  const process = new FakeProcess();
  const signals = new StopSignals({ platform: "linux", process });
  process.raise("SIGTERM");
  process.raise("SIGINT");
  assertEquals(await signals.next(), "SIGTERM");
  assertEquals(await signals.next(), "SIGINT");
  const later = signals.next();
  process.raise("SIGINT");
  assertEquals(await later, "SIGINT");
});

Deno.test("SIGHUP stops a server where it is the closing of a console, and there alone", () => {
  const process = new FakeProcess();
  const onLinux = new StopSignals({ platform: "linux", process });
  assertEquals(process.heard, ["SIGINT", "SIGTERM"]);
  onLinux.ignore();
  assertEquals(process.heard, []);
  const onWindows = new StopSignals({ platform: "win32", process });
  assertEquals(process.heard, ["SIGINT", "SIGBREAK", "SIGHUP"]);
  onWindows.ignore();
  assertEquals(process.heard, []);
});

Deno.test("a console that is closed leaves four seconds at most", () => {
  assertEquals(drainTimeMs("SIGHUP", 10_000), 4000);
  assertEquals(drainTimeMs("SIGHUP", 1000), 1000);
  assertEquals(drainTimeMs("SIGINT", 10_000), 10_000);
});
