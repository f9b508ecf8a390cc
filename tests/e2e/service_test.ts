import { assert, assertEquals, assertMatch } from "../assert.ts";
import { executable, outputOf } from "../targets.ts";
import { secondsOf } from "./checked_settings.ts";
import { isInstalled, type Outcome, run } from "./programs.ts";
import { adapt, snippet } from "./snippets.ts";

const HAS_SYSTEMD = await isInstalled("systemd-analyze", "--version");
const HAS_XMLLINT = await isInstalled("xmllint", "--version");

// 10 times as much as it prints; from 50 on, it no longer says OK.
const MOST_EXPOSED = 25;

// Those of its documentation.
const WINSW_ELEMENTS = [
  ...["id", "name", "description", "executable", "arguments"],
  ...["stoptimeout", "onfailure", "log"],
];

/** Writes a text to a file with this name and lets a program look at it. */
async function look(
  name: string,
  text: string,
  command: string,
  ...args: readonly string[]
): Promise<Outcome> {
  const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
  await Deno.writeTextFile(`${directory}/${name}`, text);
  const outcome = run(command, ...args, `${directory}/${name}`);
  return await outcome.finally(() =>
    Deno.remove(directory, { recursive: true })
  );
}

function verify(unit: string): Promise<Outcome> {
  const [command] = executable.command;
  const here = adapt(unit, { "/usr/local/bin/echod": command });
  const alone = ["verify", "--man=no", "--recursive-errors=no"];
  return look("echod.service", here, "systemd-analyze", ...alone);
}

function review(unit: string): Promise<Outcome> {
  return look("echod.service", unit, "systemd-analyze", ...[
    ...["security", "--offline=true", `--threshold=${MOST_EXPOSED}`],
  ]);
}

/** How long echod takes to stop at most with these flags, in seconds. */
async function shutdownSeconds(flags: string): Promise<number> {
  const [command, ...own] = executable.command;
  const args = flags.split(" ");
  const settings = await outputOf(command, [...own, ...args, "--check"]);
  return secondsOf(settings, "shutdownTimeout");
}

Deno.test({
  name: "systemd has nothing to say against the README's unit",
  ignore: !HAS_SYSTEMD,
  fn: async () => {
    const unit = snippet("As a service", "ini");
    const { code, stderr } = await verify(unit);
    assert(!stderr.includes("echod.service"), stderr);
    assertEquals(code, 0);
    const wrong = await verify(adapt(unit, { DynamicUser: "DynamicUsr" }));
    assertMatch(wrong.stderr, /echod\.service.*DynamicUsr/);
  },
});

Deno.test({
  name: "systemd finds little to attack in the README's unit",
  ignore: !HAS_SYSTEMD,
  fn: async () => {
    const unit = snippet("As a service", "ini");
    const { code, stdout } = await review(unit);
    assertMatch(stdout, /Overall exposure level .* OK/);
    assertEquals(code, 0, stdout);
    const { code: open } = await review(adapt(unit, { "DynamicUser=yes": "" }));
    assertEquals(open, 1);
  },
});

Deno.test("the README's unit gives echod time to stop", async () => {
  const unit = snippet("As a service", "ini");
  const [, flags] = /^ExecStart=\S+ (.*)$/m.exec(unit)!;
  const [, seconds] = /^TimeoutStopSec=(\d+)s$/m.exec(unit)!;
  assert(Number(seconds) > await shutdownSeconds(flags));
});

Deno.test({
  name:
    "the README's file for WinSW has what that knows, and gives echod time to stop",
  ignore: !HAS_XMLLINT,
  fn: async () => {
    const xml = snippet("As a service", "xml");
    const ask = async (path: string): Promise<string> => {
      const args = ["--nonet", "--xpath", path];
      const { code, stdout, stderr } = await look(
        ...["echod-service.xml", xml, "xmllint", ...args],
      );
      assertEquals(code, 0, stderr);
      return stdout.trim();
    };
    const names = WINSW_ELEMENTS.map((name) => `self::${name}`).join(" or ");
    assertEquals(await ask(`count(/service/*[not(${names})])`), "0");
    const [, seconds] = /^(\d+) sec$/.exec(
      await ask("string(/service/stoptimeout)"),
    )!;
    const flags = await ask("string(/service/arguments)");
    assert(Number(seconds) > await shutdownSeconds(flags));
  },
});
