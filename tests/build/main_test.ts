import { assertEquals, assertMatch } from "../assert.ts";
import { repositoryPath } from "../paths.ts";

/** What came of a build. */
interface Outcome {
  readonly code: number;
  readonly stderr: string;
}

async function build(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const main = repositoryPath(".ci/build/main.ts");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr).trim() };
}

Deno.test("wrong arguments of a build get one line that says what was expected", async () => {
  const wrong: readonly [args: string[], complaint: RegExp][] = [
    [[], /^Cannot build with "": expected bun or deno, /],
    [["constructor"], /^Cannot build with "constructor": expected bun or /],
    [["bun", "beos-x64"], /^Cannot build for "beos-x64": expected all, linux/],
    [["bun", "all", "more"], /^Cannot build with "bun all more": .*linux-x64/],
  ];
  for (const [args, complaint] of wrong) {
    const { code, stderr } = await build(args);
    assertEquals(code, 1, args.join(" "));
    assertMatch(stderr, complaint);
    assertEquals(stderr.split("\n").length, 1);
  }
});

Deno.test("where Deno's host does not answer, a build says so and what to do instead", async () => {
  // Nobody listens on the discard port of loopback.
  const proxy = "http://127.0.0.1:9";
  // An empty cache, where the base could not have been left before.
  const cache = await Deno.makeTempDir({ prefix: "echod-test-" });
  const env = { HTTPS_PROXY: proxy, https_proxy: proxy, DENO_DIR: cache };
  const { code, stderr } = await build(["deno"], env);
  await Deno.remove(cache, { recursive: true });
  assertEquals(code, 1);
  assertMatch(
    stderr.split("\n").at(-1)!,
    /^Cannot compile with Deno: .*dl\.deno\.land \(.+\); .*compile:bun/,
  );
});
