import { type ArgSpec, type Level, type LogEntry, std } from "../src/std.ts";
import { assert, assertEquals } from "./assert.ts";

const SPEC: ArgSpec = {
  switches: ["quiet", "help"],
  valued: ["port", "listen"],
  short: { p: "port", l: "listen", q: "quiet", h: "help" },
};

const NOTHING = { switches: [], values: {}, rest: [], unknown: [] };

function parses(argv: readonly string[], expected: object): void {
  const { switches, ...others } = std.parseArgs(argv, SPEC);
  // In which order, or how often, switches are given means nothing.
  const sorted = [...new Set(switches)].sort();
  const wanted = { ...NOTHING, ...expected };
  assertEquals({ switches: sorted, ...others }, wanted, argv.join(" "));
}

Deno.test("std.parseArgs finds nothing in nothing", () => {
  parses([], {});
});

Deno.test("std.parseArgs takes switches, long and short", () => {
  parses(["--quiet"], { switches: ["quiet"] });
  parses(["-q", "-h"], { switches: ["help", "quiet"] });
  parses(["-q", "--quiet"], { switches: ["quiet"] });
  parses(["--quiet", "rest"], { switches: ["quiet"], rest: ["rest"] });
});

Deno.test("std.parseArgs leaves true and false after a switch alone", () => {
  parses(["--quiet", "false"], { switches: ["quiet"], rest: ["false"] });
});

Deno.test("std.parseArgs takes values, long and short", () => {
  const values = { port: ["80"] };
  for (const argv of [["--port", "80"], ["--port=80"], ["-p", "80"]]) {
    parses(argv, { values });
  }
  parses(["--port=a=b"], { values: { port: ["a=b"] } });
  parses(["--port", "007"], { values: { port: ["007"] } });
});

Deno.test("std.parseArgs collects values in order", () => {
  parses(["--listen", "a", "-p", "1", "--listen=b", "-l", "c"], {
    values: { listen: ["a", "b", "c"], port: ["1"] },
  });
});

Deno.test("std.parseArgs takes clusters of letters", () => {
  parses(["-qh"], { switches: ["help", "quiet"] });
  parses(["-qp", "80"], { switches: ["quiet"], values: { port: ["80"] } });
});

Deno.test("std.parseArgs takes a value at the end of a cluster", () => {
  parses(["-qp80"], { switches: ["quiet"], values: { port: ["80"] } });
});

Deno.test('std.parseArgs gives "" for a missing value', () => {
  parses(["--port"], { values: { port: [""] } });
  parses(["-p"], { values: { port: [""] } });
  const { values } = std.parseArgs(["--port", "--quiet"], SPEC);
  assertEquals(values, { port: [""] });
});

Deno.test('std.parseArgs gives "" for an empty value', () => {
  parses(["--port="], { values: { port: [""] } });
  parses(["--port", ""], { values: { port: [""] } });
});

Deno.test("std.parseArgs tells unknown flags as they were written", () => {
  for (const flag of ["--prot", "-x", "--no-quiet", "--Port"]) {
    parses([flag], { unknown: [flag] });
  }
  parses(["--prot=80"], { unknown: ["--prot"] });
  parses(["-x", "--y"], { unknown: ["-x", "--y"] });
});

Deno.test("std.parseArgs is not confused by names that JavaScript uses", () => {
  for (const flag of ["--constructor", "--toString", "--__proto__", "--_"]) {
    parses([flag], { unknown: [flag] });
  }
});

Deno.test("std.parseArgs puts all else into the rest", () => {
  parses(["one", "-q", "two", "3"], {
    switches: ["quiet"],
    rest: ["one", "two", "3"],
  });
  parses(["-"], { rest: ["-"] });
});

Deno.test("std.parseArgs takes nothing after -- for a flag", () => {
  parses(["-q", "--", "--port", "80", "-x", "--"], {
    switches: ["quiet"],
    rest: ["--port", "80", "-x", "--"],
  });
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
