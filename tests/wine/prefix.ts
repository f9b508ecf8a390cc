/**
 * Wine, which runs programs for Windows, and the folders that it takes for a
 * Windows.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { DIST } from "../../.ci/build/source.ts";
import { assertEquals } from "../assert.ts";
import { isInstalled, run } from "../e2e/programs.ts";
import { soon } from "../server_process.ts";
import { forwardingDll } from "./forwarding_dll.ts";

/** Debian's Wine, which is not in the path. */
export const WINE = "/usr/lib/wine/wine64";

const SERVER = "/usr/lib/wine/wineserver64";

// Bun needs this for random numbers, and Wine 8 does not have it.
const MISSING = "bcryptprimitives.dll";
const EXPORTS = { ProcessPrng: "advapi32.SystemFunction036" };

const SETTINGS = {
  WINEDEBUG: "-all",
  DISPLAY: "",
  // What Wine would do without these takes half of its start.
  WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml=",
  // Without it, files cannot have letters besides those of ASCII.
  LC_ALL: "C.UTF-8",
};

// It waits for the end of its input, which comes even if its parent is killed.
const KEEP = `
if "$0" -p && "$1" cmd /c exit </dev/null >/dev/null 2>&1; then
  trap "" HUP INT TERM
  echo ready
  read -r _
fi
"$0" -k
rm -r "$WINEPREFIX"
`;

// A keeper whose input is collected as garbage would stop.
const keepers: Deno.ChildProcess[] = [];

/** Whether programs for Windows run here; says so if they do not. */
export async function hasWine(): Promise<boolean> {
  if (Deno.build.target === "x86_64-unknown-linux-gnu") {
    return await isInstalled(WINE, "--version");
  }
  console.log("skipped: programs for Windows run on Windows and Linux x64");
  return false;
}

/**
 * Starts Wine with a Windows of its own, which goes with this process.
 *
 * @returns the environment of what is to run there.
 */
export async function startWine(): Promise<Record<string, string>> {
  const source = await template();
  const WINEPREFIX = await Deno.makeTempDir({ dir: `${DIST}/test` });
  const folders = ["drive_c", "dosdevices"].map((name) => `${source}/${name}`);
  // Wine writes to no program in there, so that a link does for a copy.
  await succeed("cp", "-al", ...folders, WINEPREFIX);
  for (const { name } of Deno.readDirSync(source)) {
    const isRegistry = name.endsWith(".reg") || name === ".update-timestamp";
    if (!isRegistry) continue;
    await Deno.copyFile(`${source}/${name}`, `${WINEPREFIX}/${name}`);
  }
  const env = settingsOf(WINEPREFIX);
  const keeper = new Deno.Command("sh", {
    args: ["-c", KEEP, SERVER, WINE],
    ...{ env, stdin: "piped", stdout: "piped" },
  }).spawn();
  keeper.unref();
  keepers.push(keeper);
  const reader = keeper.stdout.getReader();
  const { value } = await soon(reader.read(), "the start of Wine");
  assertEquals(new TextDecoder().decode(value), "ready\n");
  await reader.cancel();
  return env;
}

/** A Windows as it is when it is new, made once for every Wine. */
async function template(): Promise<string> {
  const version = (await succeed(WINE, "--version")).trim();
  const path = `${DIST}/test/${version.replace(/[^\w.-]+/g, "-")}`;
  if (existsSync(path)) return path;
  const made = await Deno.makeTempDir({ dir: `${DIST}/test` });
  const env = settingsOf(made);
  // The server keeps the streams of whoever starts it.
  const stdio = { stdin: "null", stdout: "null", stderr: "null" } as const;
  for (const [command, ...args] of [[WINE, "wineboot", "-i"], [SERVER, "-k"]]) {
    await new Deno.Command(command, { args, env, ...stdio }).output();
  }
  const library = `${made}/drive_c/windows/system32/${MISSING}`;
  if (!existsSync(library)) {
    await Deno.writeFile(library, forwardingDll(MISSING, EXPORTS));
  }
  await Deno.rename(made, path).catch(async (error) => {
    // Somebody else was first.
    if (!existsSync(path)) throw error;
    await Deno.remove(made, { recursive: true });
  });
  return path;
}

function settingsOf(WINEPREFIX: string) {
  // The server leaves a folder where temporary files are, and goes with this one.
  return { ...SETTINGS, WINEPREFIX, TMPDIR: WINEPREFIX };
}

async function succeed(
  command: string,
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await run(command, ...args);
  assertEquals(code, 0, stderr);
  return stdout;
}
