import { versionText } from "../../src/cli/version.ts";
import { assertEquals, assertMatch } from "../assert.ts";

Deno.test("the version has a line each for echod, runtime, target and commit", () => {
  const build = { target: "windows-x64", commit: "0123456789ab-dirty" };
  const runtime = { name: "bun 1.4.5", platform: "linux" };
  const [version, ...rest] = versionText(runtime, build).split("\n");
  assertMatch(version, /^echod \d+\.\d+\.\d+$/);
  assertEquals(rest, [
    "runtime: bun 1.4.5",
    "target: windows-x64",
    "commit: 0123456789ab-dirty",
  ]);
});

Deno.test("from source, the target is this system, by the names of releases", () => {
  const systems = { linux: "linux", darwin: "macos", win32: "windows" };
  const arch = { x86_64: "x64", aarch64: "arm64" }[Deno.build.arch];
  for (const [platform, system] of Object.entries(systems)) {
    const text = versionText({ name: "deno 2.9.6", platform });
    const [, , target, commit] = text.split("\n");
    assertEquals(target, `target: ${system}-${arch}`);
    assertEquals(commit, "commit: unknown, run from source");
  }
});
