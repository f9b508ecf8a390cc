import { readmeFaultTable } from "../src/cli/usage.ts";
import { assert, assertEquals, assertMatch } from "./assert.ts";
import { repositoryPath } from "./paths.ts";
import { bunCommand } from "./targets.ts";

const README = Deno.readTextFileSync(repositoryPath("README.md"));

/** What stands between two marks of the README. */
function section(name: string): string {
  const marks = new RegExp(
    `^<!-- ${name} -->$([\\s\\S]*?)^<!-- /${name} -->$`,
    "m",
  );
  const text = marks.exec(README)?.[1];
  assert(text !== undefined, `README.md has no ${name}`);
  return text.trim();
}

/** A code block, without its fence. */
function codeOf(block: string): string {
  return /^```ts.*\n([\s\S]*?)^```$/m.exec(block)?.[1] ?? "";
}

Deno.test("the README's fault table is up to date", () => {
  const normalise = (table: string) => table.trim().replaceAll(/[ -]+/g, " ");
  assertEquals(normalise(section("faults")), normalise(readmeFaultTable()));
});

Deno.test("the README's example for Deno is one of the tests", () => {
  const path = repositoryPath("tests/library/example_test.ts");
  assertEquals(codeOf(section("example")), Deno.readTextFileSync(path));
});

Deno.test("the README's example for Bun passes", async () => {
  const code = codeOf(section("bun example"));
  const path = repositoryPath("mod.ts");
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${directory}/example.test.ts`,
    code.replace('"./mod.ts"', JSON.stringify(path)),
  );
  const { stderr } = await new Deno.Command(bunCommand.command[0], {
    args: ["test"],
    cwd: directory,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  await Deno.remove(directory, { recursive: true });
  const report = new TextDecoder().decode(stderr);
  assertMatch(report, /^ 1 pass$/m);
  assertMatch(report, /^ 0 fail$/m);
});
