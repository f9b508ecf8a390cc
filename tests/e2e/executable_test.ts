import { cpSync } from "node:fs";
import { sha256 } from "../../.ci/build/source.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { connect, echoes, noise } from "../client.ts";
import { repositoryPath } from "../paths.ts";
import { ServerProcess } from "../server_process.ts";
import { executable, outputOf, TARGETS } from "../targets.ts";

const SOURCES = [".ci", "src", "deno.json", "LICENSE"];

/** Builds the executable of this machine out of a copy of the sources. */
async function build(folder: string): Promise<Map<string, Uint8Array>> {
  await Deno.mkdir(folder);
  for (const name of SOURCES) {
    const to = `${folder}/${name}`;
    cpSync(repositoryPath(name), to, { recursive: true });
  }
  const main = `${folder}/.ci/build/main.ts`;
  await outputOf(Deno.execPath(), ["run", "-A", "--no-lock", main, "bun"]);
  const made = [...Deno.readDirSync(`${folder}/dist`)];
  const files = made.filter(({ isFile }) => isFile).map(async ({ name }) =>
    [name, await Deno.readFile(`${folder}/dist/${name}`)] as const
  );
  return new Map(await Promise.all(files));
}

Deno.test("two builds of the same sources, in different folders, give the same bytes", async () => {
  const folder = await Deno.makeTempDir({ prefix: "echod-test-" });
  const builds = ["here", "somewhere else"].map((name) => `${folder}/${name}`);
  const [first, second] = await Promise.all(builds.map(build))
    .finally(() => Deno.remove(folder, { recursive: true }));

  const names = [...first.keys()].sort();
  assertEquals(names.slice(0, 2), ["LICENSES.txt", "SHA256SUMS"]);
  assertMatch(names[2], /^echod-\d+\.\d+\.\d+-[a-z]+-(x64|arm64)(\.exe)?$/);
  assertEquals([...second.keys()].sort(), names);
  const sums = await Promise.all(
    [first, second].map((files) =>
      Promise.all(names.map((name) => sha256(files.get(name)!.slice())))
    ),
  );
  assertEquals(sums[0], sums[1]);

  const text = (name: string) => new TextDecoder().decode(first.get(name));
  assertEquals(
    text("SHA256SUMS"),
    `${sums[0][0]}  LICENSES.txt\n${sums[0][2]}  ${names[2]}\n`,
  );
  const own = await Deno.readTextFile(repositoryPath("LICENSE"));
  assert(text("LICENSES.txt").includes(own));
  assertMatch(text("LICENSES.txt"), /GNU LESSER GENERAL PUBLIC LICENSE/);
});

const ROUNDS = 5;

Deno.test("the first echo comes back, and the time from the process's start is told", async () => {
  const times = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of TARGETS) {
      const began = performance.now();
      await using server = await ServerProcess.start(target);
      using conn = await connect(server.port);
      await echoes(conn, noise(64));
      const list = times.get(target.name) ?? [];
      times.set(target.name, [...list, performance.now() - began]);
    }
  }
  for (const [name, list] of times) {
    const median = list.sort((a, b) => a - b)[ROUNDS >> 1];
    console.log(`${name}: ${median.toFixed(0)} ms (median of ${ROUNDS})`);
  }
});

Deno.test("files in the folder where it is started do not change the executable", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "echod-test-" });
  const files = {
    ".env": "ECHOD_PORT=nonsense\n",
    "bunfig.toml": 'preload = ["./preload.ts"]\n',
    "preload.ts": 'throw new Error("preloaded");\n',
    "package.json": "no JSON\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${cwd}/${name}`, text);
  }
  const [command] = executable.command;
  const options = { args: ["--check"], cwd, clearEnv: true };
  const { code, stdout, stderr } = await new Deno.Command(command, options)
    .output();
  await Deno.remove(cwd, { recursive: true });
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  assertMatch(decoder.decode(stdout), /8080/);
  assertEquals(code, 0);
});
