/**
 * Makes executables in `dist/`:
 * `deno run -A .ci/build/main.ts bun|deno [TARGET|all]`.
 *
 * @module
 */

import { basename } from "node:path";
import { ICON } from "./brand.ts";
import { compileWithBun } from "./bun.ts";
import { BUN_COMPONENTS, DENO_COMPONENTS } from "./components.ts";
import { BaseError, compileWithDeno } from "./deno.ts";
import { licenceText } from "./licences.ts";
import { CommandError, run } from "./run.ts";
import { DIST, executableName, makeBuildFolder, sha256 } from "./source.ts";
import { hostTarget, type Target, targetNamed, TARGETS } from "./targets.ts";

const MIB = 2 ** 20;

/** How executables are made. */
interface Compiler {
  readonly compile: (target: Target, path: string) => Promise<void>;
  readonly components: typeof BUN_COMPONENTS;
}

const COMPILERS: ReadonlyMap<string, Compiler> = new Map([
  ["bun", { compile: compileWithBun, components: BUN_COMPONENTS }],
  ["deno", {
    compile: (target, path) => compileWithDeno(target, path, ICON),
    components: DENO_COMPONENTS,
  }],
]);

function chosenTargets(name: string | undefined): readonly Target[] {
  if (name === "all") return TARGETS;
  return [name === undefined ? hostTarget() : targetNamed(name)];
}

// Bun leaves this one the signature of its base, which does not fit any more.
async function sign(target: Target, path: string): Promise<void> {
  if (target.name !== "macos-x64") return;
  if (Deno.build.os !== "darwin") {
    console.log(`${basename(path)} has to be signed: codesign -f -s - FILE`);
    return;
  }
  await run("codesign", ["--force", "--sign", "-", path]);
}

async function writeSums(folder: string): Promise<void> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const lines = await Promise.all(names.map(async (name) => {
    return `${await sha256(
      await Deno.readFile(`${folder}/${name}`),
    )}  ${name}\n`;
  }));
  await Deno.writeTextFile(`${folder}/SHA256SUMS`, lines.join(""));
}

// What is in `dist/` is always of one build, and whole.
async function publish(folder: string): Promise<void> {
  for (const { name, isFile } of Deno.readDirSync(DIST)) {
    if (isFile) await Deno.remove(`${DIST}/${name}`);
  }
  for (const { name } of Deno.readDirSync(folder)) {
    await Deno.rename(`${folder}/${name}`, `${DIST}/${name}`);
  }
}

async function build(args: readonly string[]): Promise<void> {
  const [compilerName = "", targetName] = args;
  const compiler = COMPILERS.get(compilerName);
  if (!compiler || args.length > 2) {
    throw new CommandError(
      `Cannot build with "${args.join(" ")}": expected bun or deno, and all ` +
        `or one of ${TARGETS.map(({ name }) => name).join(", ")}`,
    );
  }
  const targets = chosenTargets(targetName);
  const folder = await makeBuildFolder();
  try {
    for (const target of targets) {
      const path = `${folder}/${executableName(target)}`;
      await compiler.compile(target, path);
      await sign(target, path);
      const { size } = await Deno.stat(path);
      console.log(`${basename(path)}: ${(size / MIB).toFixed(1)} MiB`);
    }
    const licences = await licenceText(compiler.components);
    await Deno.writeTextFile(`${folder}/LICENSES.txt`, licences);
    await writeSums(folder);
    await publish(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

try {
  await build(Deno.args);
} catch (error) {
  const isExpected = error instanceof CommandError ||
    error instanceof BaseError;
  if (!isExpected) throw error;
  console.error(error.message);
  Deno.exit(1);
}
