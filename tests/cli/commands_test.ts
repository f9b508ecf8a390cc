import {
  COMMAND_NAMES,
  commandOf,
  DEFAULT_COMMAND,
  readInvocation,
} from "../../src/cli/commands.ts";
import { SHELL_NAMES } from "../../src/cli/completions/shells.ts";
import { KEYS } from "../../src/cli/flags.ts";
import { parse } from "../../src/cli/parse.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { errorOf, refuses } from "./parsing.ts";

const EXPECTED = "expected bash, zsh, fish, powershell";

Deno.test("every command has a name, flags and one line of help", () => {
  for (const name of COMMAND_NAMES) {
    const { flags, help } = commandOf(name);
    assertMatch(name, /^[a-z]+$/);
    assertMatch(help, /^[^\s|].{5,}[^\s.]$/);
    assert(flags.includes("help") && flags.includes("version"), name);
  }
  assertEquals(commandOf(DEFAULT_COMMAND).flags, KEYS);
});

Deno.test("readInvocation takes a command, or none for the default", () => {
  const serve = { command: "serve", operand: undefined } as const;
  assertEquals(readInvocation([], []), serve);
  assertEquals(readInvocation(["serve"], ["port", "quiet"]), serve);
  for (const shell of SHELL_NAMES) {
    const given = readInvocation(["completions", shell], []);
    assertEquals(given, { command: "completions", operand: shell });
  }
});

Deno.test("parse refuses completions without exactly one shell", () => {
  const cases: readonly [argv: string, message: string][] = [
    ["completions", `Missing SHELL after completions: ${EXPECTED}`],
    ["completions tcsh", `Cannot use completions "tcsh": ${EXPECTED}`],
    [
      "completions bash zsh",
      'Unexpected argument "zsh": expected echod completions <SHELL> alone',
    ],
    [
      "completions bash --port 7",
      "Cannot use --port with completions: expected --help or --version",
    ],
    ["completions bash --colour", "Unknown flag --colour: --help lists all"],
    ["bash completions", 'Unexpected argument "bash": expected flags alone'],
  ];
  for (const [argv, message] of cases) refuses(argv.split(" "), message);
  refuses(["completions", ""], `Cannot use completions "": ${EXPECTED}`);
});

Deno.test("parse suggests the command that a word resembles", () => {
  const cases = { complet: "completions", completion: "completions" };
  for (const [typed, meant] of Object.entries(cases)) {
    const message = `Unexpected argument "${typed}": did you mean ${meant}?`;
    assertEquals(errorOf([typed]), message);
  }
  assertEquals(
    errorOf(["serve", "complet"]),
    'Unexpected argument "complet": expected flags alone, ' +
      "such as --port 8080; --help lists them",
  );
});

Deno.test("completions reads neither variables nor a file", () => {
  const { invocation, origins } = parse(["completions", "zsh"], {
    variable: (name) => assert(false, `${name} was read`) as never,
    readFile: (path) => assert(false, `${path} was read`) as never,
  });
  assertEquals(invocation, { command: "completions", operand: "zsh" });
  assertEquals(new Set(Object.values(origins)), new Set(["default"]));
});

Deno.test("completions --help is help, whatever else is there", () => {
  for (const argv of [["completions", "--help"], ["completions", "x", "-h"]]) {
    const { settings } = parse(argv, {
      variable: () => "wrong",
      readFile: () => "wrong",
    });
    assertEquals(settings.help, true);
  }
});
