import { assertEquals, assertMatch } from "../assert.ts";
import { repositoryPath } from "../paths.ts";
import { soon } from "../server_process.ts";
import { bunCommand } from "../targets.ts";
import { CASES } from "./bun_suite.ts";

Deno.test("all cases pass on Bun, under its own test runner", async () => {
  const { code, stderr } = await soon(
    new Deno.Command(bunCommand.command[0], {
      args: ["test", "./tests/library/bun_runner.ts"],
      cwd: repositoryPath(""),
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output(),
    "bun test",
  );
  const report = new TextDecoder().decode(stderr);
  assertEquals(code, 0, report);
  assertMatch(report, new RegExp(`^ ${Object.keys(CASES).length} pass$`, "m"));
  assertMatch(report, /^ 0 fail$/m);
});
