import { hostProcess } from "../../src/adapters/deno/process.ts";
import { assertEquals } from "../assert.ts";
import { soon } from "../server_process.ts";
import { HAS_SIGNALS, testIf } from "../targets.ts";

testIf(HAS_SIGNALS)(
  "a signal on Deno calls its listener until it is left alone",
  async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let count = 0;
    // Without another listener, the signal would end the tests.
    const leave = hostProcess.onSignal("SIGHUP", resolve);
    try {
      hostProcess.onSignal("SIGHUP", () => count++)();
      Deno.kill(Deno.pid, "SIGHUP");
      await soon(promise, "the signal");
      assertEquals(count, 0);
    } finally {
      leave();
    }
  },
);

Deno.test("an environment variable on Deno is known, or is not set", () => {
  Deno.env.set("ECHOD_PROCESS_TEST", "7");
  assertEquals(hostProcess.variable("ECHOD_PROCESS_TEST"), "7");
  Deno.env.delete("ECHOD_PROCESS_TEST");
  assertEquals(hostProcess.variable("ECHOD_PROCESS_TEST"), undefined);
});
