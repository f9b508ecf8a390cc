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
import { DIST, executableName, VERSION } from "./source.ts";
import { hostTarget, type Target, targetNamed, TARGETS } from "./targets.ts";

const MIB = 2 ** 20;

/** How executables are made. */
interface Compiler {
  readonly compile: (target: Target, path: string) => Promise<void>;
  readonly components: typeof BUN_COMPONENTS;
}

const COMPILERS: Readonly<Record<string, Compiler>> = {
  bun: { compile: compileWithBun, components: BUN_COMPONENTS },
  deno: {
    compile: (target, path) => compileWithDeno(target, path, ICON),
    components: DENO_COMPONENTS,
  },
};

function chosenTargets(name: string | undefined): readonly Target[] {
  if (name === "all") return TARGETS;
  return [name === undefined ? hostTarget() : targetNamed(name)];
}

// macOS kills programs whose signature does not fit, and only it can sign.
async function sign(target: Target, path: string): Promise<void> {
  if (!target.name.startsWith("macos")) return;
  if (Deno.build.os !== "darwin") {
    console.log(`${basename(path)} has to be signed: codesign -f -s - FILE`);
    return;
  }
  await run("codesign", ["--force", "--sign", "-", path]);
}

async function writeSums(): Promise<void> {
  const names = [...Deno.readDirSync(DIST)].map(({ name }) => name)
    .filter((name) => name.startsWith(`echod-${VERSION}-`)).sort();
  const lines = await Promise.all(names.map(async (name) => {
    const data = await Deno.readFile(`${DIST}/${name}`);
    const digest = await crypto.subtle.digest("SHA-256", data);
    return `${new Uint8Array(digest).toHex()}  ${name}\n`;
  }));
  await Deno.writeTextFile(`${DIST}/SHA256SUMS`, lines.join(""));
}

async function build(args: readonly string[]): Promise<void> {
  const [compilerName = "", targetName] = args;
  const compiler = COMPILERS[compilerName];
  if (!compiler || args.length > 2) {
    throw new CommandError(
      `Cannot build with "${args.join(" ")}": expected bun or deno, and all ` +
        `or one of ${TARGETS.map(({ name }) => name).join(", ")}`,
    );
  }
  for (const target of chosenTargets(targetName)) {
    const name = executableName(target);
    // Of a build that fails, nothing may stay, nor go what was there before.
    const made = `${DIST}/.build/${name}`;
    await compiler.compile(target, made);
    await sign(target, made);
    await Deno.rename(made, `${DIST}/${name}`);
    const { size } = await Deno.stat(`${DIST}/${name}`);
    console.log(`${name}: ${(size / MIB).toFixed(1)} MiB`);
  }
  const licences = await licenceText(compiler.components);
  await Deno.writeTextFile(`${DIST}/LICENSES.txt`, licences);
  await writeSums();
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
