import { completionScript } from "../../src/cli/completions/script.ts";
import { SHELL_NAMES } from "../../src/cli/completions/shells.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { denoCommand, TARGETS } from "../targets.ts";
import { run } from "./programs.ts";

for (const target of TARGETS) {
  Deno.test(`${target.name}: completions prints the script of a shell`, async () => {
    for (const shell of SHELL_NAMES) {
      const [command, ...args] = target.command;
      const words = [...args, "completions", shell];
      // What does not matter to it may be wrong.
      const env = ["ECHOD_PORT=none", "ECHOD_CONFIG=none.json", command];
      const { code, stdout } = await run("env", ...env, ...words);
      assertEquals([code, stdout], [0, `${completionScript(shell)}\n`], shell);
    }
  });

  Deno.test(`${target.name}: completions of no shell is wrong usage`, async () => {
    const [command, ...args] = target.command;
    const { code, stdout, stderr } = await run(command, ...args, "completions");
    assertEquals([code, stdout], [2, ""]);
    assertMatch(
      stderr,
      /^echod: Missing SHELL after completions: expected bash, zsh, fish, powershell$/m,
    );
  });
}

Deno.test("deno: completions needs no permission", async () => {
  const [command, ...args] = denoCommand("--no-prompt").command;
  const { code, stdout } = await run(command, ...args, "completions", "bash");
  assertEquals([code, stdout], [0, `${completionScript("bash")}\n`]);
});
