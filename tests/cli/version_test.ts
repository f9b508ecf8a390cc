import { versionText } from "../../src/cli/version.ts";
import { assertEquals, assertMatch } from "../assert.ts";

Deno.test("the version has a line each for echod, runtime, target and commit", () => {
  const build = { target: "windows-x64", commit: "0123456789ab-dirty" };
  const [version, ...rest] = versionText({ name: "bun 1.4.5" }, build)
    .split("\n");
  assertMatch(version, /^echod \d+\.\d+\.\d+$/);
  assertEquals(rest, [
    "runtime: bun 1.4.5",
    "target: windows-x64",
    "commit: 0123456789ab-dirty",
  ]);
});

Deno.test("from source, the target is this system, by the names of releases", () => {
  const systems: Record<string, string> = {
    linux: "linux",
    darwin: "macos",
    windows: "windows",
  };
  const arch = { x86_64: "x64", aarch64: "arm64" }[Deno.build.arch];
  const [, , target, commit] = versionText({ name: "deno 2.9.6" }).split("\n");
  assertEquals(target, `target: ${systems[Deno.build.os]}-${arch}`);
  assertEquals(commit, "commit: unknown, run from source");
});
