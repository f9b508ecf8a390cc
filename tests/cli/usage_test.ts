import { COMMAND_NAMES, commandOf } from "../../src/cli/commands.ts";
import { flagName, flagOf, KEYS, variableName } from "../../src/cli/flags.ts";
import { helpText, readmeTable } from "../../src/cli/usage.ts";
import { assert, assertEquals } from "../assert.ts";
import { repositoryPath } from "../paths.ts";

/** Undoes what `deno fmt` does to the columns of a table. */
function normalise(table: string): string {
  return table.trim().replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

Deno.test("helpText has a line for every flag", () => {
  const lines = helpText().split("\n");
  for (const key of KEYS) {
    const { short, value, help, default: fallback } = flagOf(key);
    const name = (short ? `-${short}, ` : "") + flagName(key) +
      (value ? ` <${value}>` : "");
    const shown = help + (fallback === undefined ? "" : ` [${fallback}]`);
    const words = lines.map((line) => line.trim().split(/ {2,}/));
    const found = words.filter(([first]) => first === name);
    assertEquals(found, [[name, shown]], key);
  }
});

Deno.test("helpText has a line for every command, with what stands after it", () => {
  const lines = helpText().split("\n").map((line) => line.trim());
  for (const name of COMMAND_NAMES) {
    const { operand, help } = commandOf(name);
    const synopsis = operand ? `${name} <${operand.value}>` : name;
    const found = lines.filter((line) => line.startsWith(`${synopsis}  `));
    assertEquals(found.map((line) => line.split(/ {2,}/)), [[synopsis, help]]);
  }
});

Deno.test("helpText fits a terminal and tells usage and exit codes", () => {
  const text = helpText();
  for (const line of text.split("\n")) {
    assert(line.length <= 110, line);
  }
  assert(text.includes("Usage: echod [serve] [options]"));
  assert(text.includes("Exit codes: 0 "));
  assert(text.includes(variableName("idleTimeout")));
});

Deno.test("the help of a command has its flags, its operand and its exit codes", () => {
  for (const name of COMMAND_NAMES.filter((name) => name !== "serve")) {
    const { flags, operand, exitCodes } = commandOf(name);
    const text = helpText(name);
    const lines = text.split("\n");
    for (const line of lines) assert(line.length <= 110, line);
    assert(text.includes(`Usage: echod ${name} <${operand!.value}> [options]`));
    assert(text.endsWith(`\n\nExit codes: ${exitCodes}`), text);
    const named = lines.filter((line) => /^ +(-\w, )?--/.test(line))
      .map((line) => /--[\w-]+/.exec(line)![0]);
    assertEquals(named, Object.keys(flags).map(flagName));
  }
});

Deno.test("readmeTable has a row for every flag", () => {
  const [head, rule, ...rows] = readmeTable().split("\n");
  assertEquals(head, "| flag | default | meaning | variable |");
  assertEquals(rule, "| --- | --- | --- | --- |");
  assertEquals(rows.length, KEYS.length);
  assertEquals(
    rows[0],
    "| `-p, --port <PORT>` | `8080` | " +
      "port of the default TCP listener; 0: any free port | `ECHOD_PORT` |",
  );
  assertEquals(
    rows[KEYS.indexOf("check")],
    "| `--check` |  | " +
      "print the settings and the permissions they need, then exit |  |",
  );
  for (const row of rows) assertEquals(row.split("|").length, 6, row);
});

Deno.test("the README's flag table is up to date", () => {
  const readme = Deno.readTextFileSync(repositoryPath("README.md"));
  const [, table] =
    /^<!-- flags -->$([\s\S]*?)^<!-- \/flags -->$/m.exec(readme) ?? [];
  assert(table !== undefined, "README.md has no <!-- flags --> table");
  assertEquals(normalise(table), normalise(readmeTable()));
});
