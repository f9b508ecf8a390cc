import { type ArgSpec, type Level, type LogEntry, std } from "../src/std.ts";
import { assert, assertEquals } from "./assert.ts";

const SPEC: ArgSpec = {
  switches: ["quiet", "help"],
  valued: ["port", "listen", "idle-timeout"],
};

function parses(argv: readonly string[], expected: Partial<typeof NOTHING>) {
  const { switches, values, rest } = std.parseArgs(argv, SPEC);
  // In which order switches are given means nothing.
  const actual = { switches: switches.toSorted(), values, rest };
  assertEquals(actual, { ...NOTHING, ...expected }, argv.join(" "));
}

const NOTHING: ReturnType<typeof std.parseArgs> = {
  switches: [],
  values: {},
  rest: [],
};

Deno.test("std.parseArgs finds nothing in nothing", () => {
  parses([], {});
});

Deno.test("std.parseArgs tells each switch that is given, once", () => {
  parses(["--quiet=true"], { switches: ["quiet"] });
  parses(["--quiet=true", "--help=true"], { switches: ["help", "quiet"] });
  parses(["--quiet=true", "--quiet=true"], { switches: ["quiet"] });
});

Deno.test("std.parseArgs collects the values of each flag in order", () => {
  parses(["--listen=a", "--port=1", "--listen=b", "--listen=a"], {
    values: { listen: ["a", "b", "a"], port: ["1"] },
  });
  parses(["--idle-timeout=5s"], { values: { "idle-timeout": ["5s"] } });
});

Deno.test("std.parseArgs leaves a value as it was written", () => {
  const texts = ["007", "0x50", "1e3", "true", "false", "null", "a=b", "=5"];
  const odd = ["-", "--", "-5", "--quiet=true", " ", "a b", "a\nb", "\n"];
  const quoted = ["'a'", '"a"', '"', "a,b", "__proto__"];
  for (const text of [...texts, ...odd, ...quoted]) {
    parses([`--port=${text}`], { values: { port: [text] } });
  }
});

Deno.test("std.parseArgs puts all else into the rest, as it was written", () => {
  parses(["one", "--quiet=true", "two", "3"], {
    switches: ["quiet"],
    rest: ["one", "two", "3"],
  });
  const texts = ["-", "", "007", "0x50", "1e3", "true", " ", "a=b", "a\nb"];
  parses(texts, { rest: texts });
});

Deno.test("std.parseArgs gives no flag the word that follows it", () => {
  for (const word of ["true", "false", "7"]) {
    parses(["--quiet=true", word], { switches: ["quiet"], rest: [word] });
    parses(["--port=1", word], { values: { port: ["1"] }, rest: [word] });
  }
});

Deno.test("std.parseArgs takes nothing after -- for a flag", () => {
  const rest = ["--port=80", "--quiet=true", "-x", "--", "--help", ""];
  parses(["--quiet=true", "--", ...rest], { switches: ["quiet"], rest });
  parses(["one", "--", "two"], { rest: ["one", "two"] });
  parses(["--"], {});
});

Deno.test("std.createLogger writes what is severe enough, formatted", () => {
  const levels: readonly Level[] = ["debug", "info", "warn", "error"];
  for (const [least, level] of levels.entries()) {
    const lines: string[] = [];
    const log = std.createLogger({
      level,
      format: ({ level, event }) => `${level} ${event}`,
      write: (line) => lines.push(line),
    });
    for (const severity of levels) log(severity, "happened", {});
    const expected = levels.slice(least).map((level) => `${level} happened`);
    assertEquals(lines, expected);
  }
});

Deno.test("std.createLogger hands time and fields to the format", () => {
  const entries: LogEntry[] = [];
  const log = std.createLogger({
    level: "info",
    format: (entry) => (entries.push(entry), ""),
    write: () => {},
  });
  const fields = { id: 1, peer: "[::1]:7" };
  const before = Date.now();
  log("warn", "refused", fields);
  const [{ level, time, event, fields: given }] = entries;
  assertEquals(entries.length, 1);
  assertEquals({ level, event, given }, {
    level: "warn",
    event: "refused",
    given: fields,
  });
  assert(before <= time.getTime() && time.getTime() <= Date.now());
});
