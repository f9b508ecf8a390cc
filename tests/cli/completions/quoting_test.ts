import { bashScript, quoteBash } from "../../../src/cli/completions/bash.ts";
import { fishScript, quoteFish } from "../../../src/cli/completions/fish.ts";
import {
  powershellScript,
  quotePowershell,
} from "../../../src/cli/completions/powershell.ts";
import type { Program } from "../../../src/cli/completions/program.ts";
import { completionScript } from "../../../src/cli/completions/script.ts";
import {
  escapeZsh,
  quoteZsh,
  zshScript,
} from "../../../src/cli/completions/zsh.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";

/** A program with one flag, whose help is odd. */
function programWith(help: string): Program {
  const flag = { names: ["--odd"], isRepeatable: false, help };
  const command = { name: "run", isDefault: true, flags: [flag], help: "runs" };
  return { name: "odd", commands: [command], flags: [flag] };
}

Deno.test("bash words are quoted where they have to be", () => {
  assertEquals(quoteBash("tcp://127.0.0.1:"), "tcp://127.0.0.1:");
  assertEquals(quoteBash("a b"), "'a b'");
  assertEquals(quoteBash("$(id)"), "'$(id)'");
  assertEquals(quoteBash("it's"), "'it'\\''s'");
  assertEquals(quoteBash(""), "''");
  // bash shows no help.
  assert(!bashScript(programWith("a help")).includes("a help"));
});

Deno.test("zsh's brackets and colons are escaped, and its quotes left", () => {
  assertEquals(quoteZsh("it's $a"), "'it'\\''s $a'");
  assertEquals(escapeZsh("tcp://[::1]\\"), "tcp\\://\\[\\:\\:1\\]\\\\");
  const script = zshScript(programWith("it's [::1]"));
  assert(script.includes("'--odd[it'\\''s \\[\\:\\:1\\]]'"), script);
});

Deno.test("fish escapes backslashes and quotes alone", () => {
  assertEquals(quoteFish('it\'s $a \\n "b"'), "'it\\'s $a \\\\n \"b\"'");
  const script = fishScript(programWith("it's $a"));
  assert(script.includes(" -l odd -d 'it\\'s $a'"), script);
});

Deno.test("PowerShell doubles every character that it takes for a quote", () => {
  assertEquals(quotePowershell('it\'s $a `n "b"'), "'it''s $a `n \"b\"'");
  assertEquals(
    quotePowershell("\u2018a\u2019\u201ab\u201b"),
    "'\u2018\u2018a\u2019\u2019\u201a\u201ab\u201b\u201b'",
  );
  const script = powershellScript(programWith("it's $a"));
  assert(script.includes("Help = 'it''s $a'"), script);
});

Deno.test("PowerShell's script is balanced outside of its texts", () => {
  const script = completionScript("powershell");
  const code = script.replace(/^\s*#.*$/gm, "").replace(/'(?:[^']|'')*'/g, "_");
  // Of the two kinds of quotes, only `"$first="` is of the other one.
  assertEquals(code.match(/["'`]/g), ['"', '"']);
  const open: string[] = [];
  for (const [sign] of code.matchAll(/[()[\]{}]/g)) {
    if ("([{".includes(sign)) open.push(sign);
    else assertEquals(open.pop(), { ")": "(", "]": "[", "}": "{" }[sign], code);
  }
  assertEquals(open, []);
  assertMatch(code, /-CommandName _, _ -ScriptBlock \{/);
  assert(script.includes("-CommandName 'echod', 'echod.exe' -ScriptBlock"));
});
