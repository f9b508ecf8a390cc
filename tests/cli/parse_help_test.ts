import { FLAGS } from "../../src/cli/flags.ts";
import { parse, type Parsed } from "../../src/cli/parse.ts";
import { OptionError } from "../../src/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { parseServer } from "./parsing.ts";

/** A world in which every variable is wrong and no file can be read. */
const WRONG_WORLD = {
  variable: () => "wrong",
  readFile: (path: string): string => {
    throw new OptionError(`Cannot read ${path}`);
  },
};

function read(...argv: readonly string[]): Parsed {
  return parse(argv, WRONG_WORLD);
}

/** Expects that this is asked for, and about what. */
function asks(
  argv: readonly string[],
  command: "help" | "version",
  about: "serve" | "ping" | "bench" | "completions" = "serve",
): void {
  assertEquals(read(...argv), { command, about }, argv.join(" "));
}

/** What cannot be used without help. */
const WRONG: readonly (readonly string[])[] = [
  [],
  ["--frobnicate"],
  ["trailing"],
  ["--config", "none.json"],
  ["--config"],
  ["--port", "http"],
  ["--port="],
  ["--quiet=yes"],
  ["-x"],
  ["-qx"],
  ["-p", "7", "-l", "tcp://127.0.0.1:7"],
];

Deno.test("--help and --version win over whatever else is wrong", () => {
  const asked = { help: ["--help", "-h"], version: ["--version", "-V"] };
  for (const key of ["help", "version"] as const) {
    for (const flag of asked[key]) {
      for (const argv of WRONG) {
        asks([flag, ...argv], key);
        asks([...argv, flag], key);
      }
    }
  }
});

Deno.test("without --help or --version the same is refused", () => {
  for (const argv of WRONG) assertThrows(() => read(...argv), OptionError);
});

Deno.test("--help wins over --version", () => {
  asks(["--version", "--help"], "help");
  asks(["-h", "-V"], "help");
  asks(["-qVh"], "help");
});

Deno.test("--help is help even where a value is missing", () => {
  asks(["--port", "--help"], "help");
  asks(["-p", "-h"], "help");
});

Deno.test("--help is about the command that is named, before it or after", () => {
  asks(["ping", "--help"], "help", "ping");
  asks(["--help", "ping"], "help", "ping");
  asks(["ping", "tcp://127.0.0.1", "--prot", "-h"], "help", "ping");
  asks(["-c", "3", "bench", "-h"], "help", "bench");
  asks(["completions", "x", "-h"], "help", "completions");
  asks(["serve", "--help"], "help");
  // A word that is the value of a flag names no command.
  asks(["--host", "ping", "-h"], "help");
});

Deno.test("--help is no flag after --, nor as a value", () => {
  const message = 'Unexpected argument "--help"';
  assertThrows(() => read("--", "--help"), OptionError, message);
  const { settings } = parseServer(["--ready-file=--help"]);
  assertEquals([settings.help, settings.readyFile], [false, "--help"]);
});

Deno.test("--help and --version take no value", () => {
  for (const key of ["help", "version"] as const) {
    const letter = FLAGS[key].short;
    for (const typed of [`--${key}=true`, `-${letter}=1`]) {
      const message = `Cannot use "${typed}": --${key} takes no value`;
      assertThrows(() => read(typed), OptionError, message);
    }
  }
});
