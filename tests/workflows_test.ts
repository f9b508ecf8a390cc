import { findBun } from "../.ci/build/find_bun.ts";
import { assert, assertEquals, assertMatch } from "./assert.ts";
import { isInstalled, run } from "./e2e/programs.ts";
import { repositoryPath } from "./paths.ts";
import { executable } from "./targets.ts";
import { parseWorkflow, violations } from "./workflows.ts";

const LINTER = repositoryPath("tests/workflows_linter.mjs");
const SMOKE = repositoryPath("tests/workflows_smoke.ts");

const PATHS = ["ci", "release"].map((name) =>
  repositoryPath(`.github/workflows/${name}.yml`)
);
const TEXTS = PATHS.map((path) => Deno.readTextFileSync(path));

const SOUND = `on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@${"0".repeat(40)}
        with:
          persist-credentials: false
      - run: deno task ok && bash .ci/run
  two:
    needs: one
    permissions: {}
    uses: ./.github/workflows/ci.yml
`;

/** Mistakes in `SOUND`: what stands where something else should. */
type Mistakes = readonly [right: string, wrong: string, complaint: RegExp][];

const AGAINST_OUR_RULES: Mistakes = [
  ["@000", "@v000", /is not pinned/],
  ["./.github/workflows/ci.yml", "a/b/c.yml@main", /is not pinned/],
  ["task ok", "task okay", /no task okay/],
  [".ci/run", ".ci/runs", /no \.ci\/runs/],
  ["credentials: false", "credentials: true", /leaves its token/],
  ["bash .ci/run", "echo ${{ github.ref }}", /has an expression/],
  ["permissions: {}", "permissions: read-all", /do not ask for/],
  ["    permissions: {}\n", "", /no permissions of its own/],
  ["    permissions: {}", "    permissions: write-all", /one by one/],
  ["    permissions: {}", "    permissions: {packages: write}", /packages/],
  ["    timeout-minutes: 5\n", "", /may take for ever/],
  ["persist-credentials: false", "deno-version: 1.0.0", /Deno 1\.0\.0/],
];

const AGAINST_GITHUB: Mistakes = [
  ["on: push", "on: pushed", /1: .*pushed/],
  ["contents: read", "contents: reed", /8: .*reed/],
  ["timeout-minutes", "timeout", /6: .*timeout/],
  ["needs: one", "needs: none", /15: .*none/],
  [".ci/run", "${{ guthib.ref }}", /13: .*guthib/],
];

function plant(right: string, wrong: string): string {
  assert(SOUND.includes(right), right);
  return SOUND.replace(right, wrong);
}

/** The directory of GitHub's own checker, which npm fetches if need be. */
async function findChecker(): Promise<string | undefined> {
  const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
  const checker = "--package=@actions/languageservice@0.3.61";
  const tellPath = ["--", "node", "-p", "process.env.PATH"];
  try {
    const { stdout, stderr } = await run(
      ...[npm, "exec", "--yes", checker, ...tellPath] as const,
    );
    const found = /[^:;\r\n]*_npx[^:;\r\n]*?(?=[\\/]\.bin)/.exec(stdout)?.[0];
    if (!found) console.log(`skipped: npm has no checker: ${stderr}`);
    return found;
  } catch (error) {
    // Without npm, or without a registry that answers in time.
    console.log(`skipped: the checker: ${(error as Error).message}`);
    return undefined;
  }
}

const checker = await findChecker();

/** What GitHub would say of workflows. */
async function check(paths: readonly string[]): Promise<string[]> {
  const args = [LINTER, `${checker}`, ...paths];
  const { code, stdout, stderr } = await run(await findBun(), ...args);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

async function withFile<T>(
  text: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = await Deno.makeTempFile({ prefix: "echod-test-" });
  try {
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("workflows are pinned, bounded, and may do nothing unasked", async () => {
  for (const text of TEXTS) {
    assertEquals(violations(await parseWorkflow(text)), []);
  }
});

Deno.test("each breach of the rules for workflows is seen", async () => {
  assertEquals(violations(await parseWorkflow(SOUND)), []);
  for (const [right, wrong, complaint] of AGAINST_OUR_RULES) {
    const found = violations(await parseWorkflow(plant(right, wrong)));
    assertMatch(found.join("\n"), complaint);
  }
});

Deno.test("what a workflow pins says which version it is", () => {
  const pins = TEXTS.join("\n").match(/uses: .*@.*/g) ?? [];
  assert(pins.length > 5, `${pins.length}`);
  const versions = new Map<string, string>();
  for (const pin of pins) {
    const [, action, version] = /(\S+)@\w+ # (v\d+\.\d+\.\d+)$/.exec(pin) ?? [];
    assert(version, pin);
    assertEquals(pin, versions.get(action) ?? pin);
    versions.set(action, pin);
  }
});

Deno.test({
  name: "GitHub's own checker has nothing against the workflows",
  ignore: checker === undefined,
  fn: async () => assertEquals(await check(PATHS), []),
});

Deno.test({
  name: "GitHub's own checker sees mistakes",
  ignore: checker === undefined,
  fn: async () => {
    assertEquals(await withFile(SOUND, (path) => check([path])), []);
    for (const [right, wrong, complaint] of AGAINST_GITHUB) {
      const text = plant(right, wrong);
      const found = await withFile(text, (path) => check([path]));
      assertMatch(found.join("\n"), complaint);
    }
  },
});

/** What shellcheck has against a script, of those who run on Bash. */
async function shellcheck(script: string): Promise<string> {
  return await withFile(script, async (path) => {
    const { stdout } = await run("shellcheck", "--shell=bash", path);
    return stdout;
  });
}

Deno.test({
  name: "shellcheck has nothing against the workflows' scripts",
  ignore: !await isInstalled("shellcheck", "--version"),
  fn: async () => {
    assertMatch(await shellcheck("echo $1"), /SC2086/);
    let scripts = 0;
    for (const text of TEXTS) {
      const { jobs } = await parseWorkflow(text);
      const steps = Object.values(jobs).flatMap(({ steps = [] }) => steps);
      for (const { run, shell } of steps) {
        if (run === undefined || shell !== undefined) continue;
        assertEquals(await shellcheck(run), "");
        scripts++;
      }
    }
    assert(scripts > 5, `${scripts}`);
  },
});

Deno.test("what workflows do with an executable passes with this one alone", async () => {
  const [path] = executable.command;
  const smoke = ["run", "-A", SMOKE];
  const right = await run(Deno.execPath(), ...smoke, "bun", path);
  assertEquals(right.code, 0, right.stderr);
  const wrong = await run(Deno.execPath(), ...smoke, "deno", path);
  assertMatch(wrong.stderr, /bun \d.* answered/);
  assertEquals(wrong.code, 1);
});
