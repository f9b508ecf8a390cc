import {
  ALL_FLAGS,
  COMMAND_NAMES,
  commandOf,
  DEFAULT_COMMAND,
} from "../../src/cli/commands.ts";
import { SHELL_NAMES } from "../../src/cli/completions/shells.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { flagName, isSwitch } from "../../src/cli/flags/flag.ts";
import { parse, type Parsed } from "../../src/cli/parse.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { errorOf, NOWHERE, refuses } from "./parsing.ts";

const EXPECTED = "expected bash, zsh, fish, powershell";

/** Parses arguments, written in one line, of any command but the server. */
function parseLine(line: string): Exclude<Parsed, { command: "serve" }> {
  const parsed = parse(line.split(" "), {
    variable: (name) => assert(false, `${name} was read`) as never,
    readFile: (path) => assert(false, `${path} was read`) as never,
  });
  assert(parsed.command !== "serve", line);
  return parsed;
}

Deno.test("every command has a name, flags and one line of help", () => {
  for (const name of COMMAND_NAMES) {
    const { flags, help } = commandOf(name);
    assertMatch(name, /^[a-z]+$/);
    assertMatch(help, /^[^\s|].{5,}[^\s.]$/);
    assert("help" in flags && "version" in flags, name);
  }
  assertEquals(commandOf(DEFAULT_COMMAND).flags, FLAGS);
});

Deno.test("every flag of every command has a name, one line of help and a default that it reads", () => {
  for (const name of COMMAND_NAMES) {
    const flags = Object.entries(commandOf(name).flags);
    for (const [key, { short, value, read, help, ...flag }] of flags) {
      assertMatch(flagName(key), /^--[a-z]+(-[a-z]+)*$/);
      assertMatch(help, /^\S[^|]{5,}\S$/);
      assertMatch(short ?? "x", /^[A-Za-z]$/);
      assertMatch(value ?? "X", /^[A-Z]+(:[A-Z]+)?$/);
      if (flag.default !== undefined) read(flag.default);
    }
    const letters = flags.flatMap(([, { short }]) => short ?? []);
    assertEquals(new Set(letters).size, letters.length, name);
  }
});

Deno.test("a flag takes a value with every command that has it, or with none", () => {
  // So a command is found among flags before it is known which are its own.
  const kinds = new Map<string, boolean>();
  for (const name of COMMAND_NAMES) {
    for (const [key, flag] of Object.entries(commandOf(name).flags)) {
      for (const typed of [flagName(key), ...flag.short ? [flag.short] : []]) {
        const kind = kinds.get(typed) ?? isSwitch(flag);
        assertEquals(isSwitch(flag), kind, `${name} ${typed}`);
        kinds.set(typed, kind);
      }
    }
  }
  assert(kinds.size > Object.keys(ALL_FLAGS).length);
});

Deno.test("parse takes a command, or none for the default", () => {
  for (const argv of [[], ["serve"], ["-q", "serve"], ["serve", "-p", "7"]]) {
    assertEquals(parse(argv, NOWHERE).command, "serve");
  }
  for (const shell of SHELL_NAMES) {
    const given = parseLine(`completions ${shell}`);
    assert(given.command === "completions");
    assertEquals(given.operand, shell);
  }
});

Deno.test("flags of a client stand before its URL, after it, and before the command", () => {
  const url = "tcp://127.0.0.1:7";
  for (
    const line of [
      `ping -c 3 ${url} --json`,
      `ping ${url} -c3 --json`,
      `ping --json --count=3 ${url}`,
      `-c 3 --json ping ${url}`,
      `--json -c 3 ping -- ${url}`,
    ]
  ) {
    const given = parseLine(line);
    assert(given.command === "ping", line);
    assertEquals(given.operand.url, url);
    const { count, json, size, timeout } = given.settings;
    assertEquals([count, json, size, timeout], [3, true, 64, 5000], line);
  }
});

Deno.test("the same letter is another flag with another command", () => {
  const given = parseLine("bench -c 3 -s 1KiB -P 16 unix:/run/echo.sock");
  assert(given.command === "bench");
  const { connections, size, pipeline, rate } = given.settings;
  assertEquals([connections, size, pipeline, rate], [3, 1024, 16, undefined]);
  assertEquals(given.operand.addr, {
    transport: "unix",
    path: "/run/echo.sock",
  });
});

Deno.test("parse refuses a client without exactly one URL", () => {
  const cases: readonly [argv: string, message: string][] = [
    ["ping", "Missing URL after ping: expected tcp://HOST:PORT, tls://…, "],
    ["ping sctp://a:1", 'Cannot use ping "sctp://a:1": unknown scheme "sctp"'],
    ["bench 127.0.0.1:7", '"127.0.0.1:7": expected a URL: did you mean tcp://'],
    ["healthcheck tcp://127.0.0.1:0", "HOST:PORT, PORT from 1"],
    [
      "ping tcp://a:1 tcp://b:1",
      'Unexpected argument "tcp://b:1": expected echod ping <URL> and flags',
    ],
  ];
  for (const [argv, message] of cases) refuses(argv.split(" "), message);
});

Deno.test("parse refuses what a client cannot do, and names what is wrong", () => {
  const url = "tcp://127.0.0.1:7";
  const cases: readonly [argv: string, message: string][] = [
    [`ping ${url} --size 0`, 'Cannot use --size "0": expected a size of at'],
    [`ping ${url} --size 65MiB`, '"65MiB": expected a size from 1 to 64MiB'],
    [`ping ${url} -c 0`, 'Cannot use --count "0": expected at least 1'],
    [`bench ${url} -c x`, 'Cannot use --connections "x": expected a whole'],
    [`bench ${url} --rate 0`, "expected at least 1"],
    [`bench ${url} --threads 0`, "expected auto or a number from 1"],
    [`ping ${url} -i 1x`, 'unknown unit "x"'],
    [`ping ${url} --cuont 1`, "Unknown flag --cuont: did you mean --count?"],
    [`ping ${url} --port 7`, "Cannot use --port with ping: it goes with serve"],
    [`healthcheck ${url} -c 1`, "Unknown flag -c: --help lists all flags"],
    ["--size 7", "Cannot use --size with serve: it goes with ping or bench"],
  ];
  for (const [argv, message] of cases) refuses(argv.split(" "), message);
});

Deno.test("parse refuses completions without exactly one shell", () => {
  const cases: readonly [argv: string, message: string][] = [
    ["completions", `Missing SHELL after completions: ${EXPECTED}`],
    ["completions tcsh", `Cannot use completions "tcsh": ${EXPECTED}`],
    [
      "completions bash zsh",
      'Unexpected argument "zsh": expected echod completions <SHELL> and flags',
    ],
    [
      "completions bash --port 7",
      "Cannot use --port with completions: it goes with serve",
    ],
    ["completions bash --colour", "Unknown flag --colour: --help lists all"],
    ["bash completions", 'Unexpected argument "bash": expected flags alone'],
  ];
  for (const [argv, message] of cases) refuses(argv.split(" "), message);
  refuses(["completions", ""], `Cannot use completions "": ${EXPECTED}`);
});

Deno.test("parse suggests the command that a word resembles", () => {
  const cases = {
    complet: "completions",
    completion: "completions",
    pnig: "ping",
    health: "healthcheck",
  };
  for (const [typed, meant] of Object.entries(cases)) {
    const message = `Unexpected argument "${typed}": did you mean ${meant}?`;
    assertEquals(errorOf([typed]), message);
  }
  for (
    const [typed, meant] of Object.entries({
      help: "--help",
      version: "--version",
      8080: "--port 8080",
      "tcp://127.0.0.1:7": "--listen tcp://127.0.0.1:7",
      "unix:/run/echo.sock": "--listen unix:/run/echo.sock",
      "127.0.0.1:7": "--listen tcp://127.0.0.1:7",
    })
  ) {
    const message = `Unexpected argument "${typed}": did you mean ${meant}?`;
    assertEquals(errorOf([typed]), message);
    assertEquals(errorOf(["serve", typed]), message);
  }
  // What would be the next mistake is suggested to nobody.
  for (const typed of ["99999", "foo://x", "tcp://127.0.0.1"]) {
    refuses([typed], `Unexpected argument "${typed}": expected flags alone`);
  }
  assertEquals(
    errorOf(["serve", "complet"]),
    'Unexpected argument "complet": expected flags alone, ' +
      "such as --port 8080; --help lists them",
  );
});
