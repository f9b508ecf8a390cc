import process from "node:process";
import { drainTimeMs, StopSignals } from "../../src/cli/signals.ts";
import { assertEquals } from "../assert.ts";

// Nobody sends it: the test tells of it itself.
function raise(name: NodeJS.Signals): void {
  process.emit(name, name);
}

Deno.test("signals come in order, those before anybody asks, too", async () => {
  const signals = new StopSignals("linux");
  raise("SIGTERM");
  raise("SIGINT");
  assertEquals(await signals.next(), "SIGTERM");
  assertEquals(await signals.next(), "SIGINT");
  const later = signals.next();
  raise("SIGINT");
  assertEquals(await later, "SIGINT");
  signals.ignore();
});

Deno.test("SIGHUP stops a server where it is the closing of a console, and there alone", () => {
  const before = process.listenerCount("SIGHUP");
  const onLinux = new StopSignals("linux");
  assertEquals(process.listenerCount("SIGHUP"), before);
  onLinux.ignore();
  const onWindows = new StopSignals("win32");
  assertEquals(process.listenerCount("SIGHUP"), before + 1);
  onWindows.ignore();
  assertEquals(process.listenerCount("SIGHUP"), before);
});

Deno.test("a console that is closed leaves four seconds at most", () => {
  assertEquals(drainTimeMs("SIGHUP", 10_000), 4000);
  assertEquals(drainTimeMs("SIGHUP", 1000), 1000);
  assertEquals(drainTimeMs("SIGINT", 10_000), 10_000);
});
