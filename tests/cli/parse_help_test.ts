import { FLAGS, type Key, KEYS } from "../../src/cli/flags.ts";
import { parse } from "../../src/cli/parse.ts";
import { OptionError } from "../../src/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";

/** A world in which every variable is wrong and no file can be read. */
const WRONG_WORLD = {
  variable: () => "wrong",
  readFile: (path: string): string => {
    throw new OptionError(`Cannot read ${path}`);
  },
};

function read(...argv: readonly string[]) {
  return parse(argv, WRONG_WORLD);
}

/** Which settings are not the default. */
function given(...argv: readonly string[]): Key[] {
  const { settings, origins } = read(...argv);
  const defaults = parse([], { variable: () => undefined, readFile: () => "" });
  const differing = KEYS.filter((key) =>
    String(settings[key]) !== String(defaults.settings[key])
  );
  const keys = KEYS.filter((key) => origins[key] !== "default");
  assertEquals(differing, keys, argv.join(" "));
  return keys;
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
        assertEquals(given(flag, ...argv), [key]);
        assertEquals(given(...argv, flag), [key]);
      }
    }
  }
});

Deno.test("without --help or --version the same is refused", () => {
  for (const argv of WRONG) assertThrows(() => read(...argv), OptionError);
});

Deno.test("--help and --version leave out even what is right", () => {
  assertEquals(given("-q", "--port", "7", "--help"), ["help"]);
  assertEquals(given("--check", "-V"), ["version"]);
});

Deno.test("--help wins over --version", () => {
  assertEquals(given("--version", "--help"), ["help"]);
  assertEquals(given("-h", "-V"), ["help"]);
});

Deno.test("--help is help even where a value is missing", () => {
  assertEquals(given("--port", "--help"), ["help"]);
  assertEquals(given("-p", "-h"), ["help"]);
});

Deno.test("--help is no flag after --, nor as a value", () => {
  const message = 'Unexpected argument "--help"';
  assertThrows(() => read("--", "--help"), OptionError, message);
  const { settings } = parse(["--ready-file=--help"], {
    variable: () => undefined,
    readFile: () => "",
  });
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
