import {
  choiceOf,
  formatDuration,
  readCount,
  readDuration,
  readMode,
  readMs,
  readPort,
  readSeed,
  readShare,
  readSize,
  readSomeBytes,
  readSwitch,
  readText,
} from "../src/units.ts";
import { OptionError } from "../src/errors.ts";
import { assertEquals, assertThrows } from "./assert.ts";

function reads<T>(read: (text: string) => T, values: Record<string, T>) {
  for (const [text, value] of Object.entries(values)) {
    assertEquals(read(text), value, text);
  }
}

function refuses(
  read: (text: string) => unknown,
  texts: readonly string[],
  expected: string,
) {
  for (const text of texts) {
    assertThrows(() => read(text), OptionError, expected, text);
  }
}

Deno.test("readPort takes 0 to 65535", () => {
  reads(readPort, { "0": 0, "7": 7, "8080": 8080, "65535": 65535 });
  refuses(
    readPort,
    ["", "-1", "65536", "80.5", "1e3", "0x50", "http", " 80", "80 "],
    "expected a port from 0 to 65535",
  );
});

Deno.test("readCount takes whole numbers from 0 up", () => {
  const largest = Number.MAX_SAFE_INTEGER;
  reads(readCount, { "0": 0, "10000": 10_000, [`${largest}`]: largest });
  refuses(
    readCount,
    ["", "-1", "1.5", "1k", "Infinity", "NaN"],
    "expected a whole number, such as 100",
  );
  refuses(readCount, ["9007199254740993"], `expected at most ${largest}`);
});

Deno.test("readDuration takes milliseconds, seconds, minutes and hours", () => {
  reads(readDuration, {
    "0": 0,
    "0s": 0,
    "500ms": 500,
    "30s": 30_000,
    "1.5s": 1500,
    "5m": 300_000,
    "1h": 3_600_000,
    "596h": 2_145_600_000,
  });
});

Deno.test("formatDuration writes what readDuration reads", () => {
  const texts = ["0", "1ms", "1500ms", "30s", "90s", "5m", "1h", "36h"];
  for (const text of texts) {
    assertEquals(formatDuration(readDuration(text)), text);
  }
});

Deno.test("readDuration refuses a number without a unit, except 0", () => {
  refuses(
    readDuration,
    ["", "5", "30", "s", "-5s", "5 s", "1m30s", ".5s", "5.s", "Infinity"],
    "expected a duration such as 500ms, 30s, 5m or 1h",
  );
});

Deno.test("readDuration names a unit that it does not know", () => {
  for (const unit of ["d", "S", "min", "toString"]) {
    refuses(readDuration, [`5${unit}`], `unknown unit "${unit}"`);
  }
});

Deno.test("readDuration rounds to milliseconds, but no time to nothing", () => {
  reads(readDuration, { "1.4ms": 1, "0.5ms": 1, "0.0005s": 1, "0.0s": 0 });
  refuses(
    readDuration,
    ["0.4ms", "0.0004s", "0.000001m", "0.0000001h"],
    "expected at least 1ms, or 0",
  );
});

Deno.test("readDuration refuses what no timer can hold", () => {
  refuses(readDuration, ["597h", "99999999999s"], "expected at most 596h");
});

Deno.test("readSize takes bytes, decimal and binary units", () => {
  reads(readSize, {
    "0": 0,
    "1024": 1024,
    "10B": 10,
    "1kB": 1000,
    "1KB": 1000,
    "10MB": 10_000_000,
    "2GB": 2_000_000_000,
    "64KiB": 65_536,
    "1MiB": 1_048_576,
    "1.5GiB": 1_610_612_736,
  });
});

Deno.test("readSize refuses what is no size", () => {
  refuses(
    readSize,
    ["", "-1", "KiB", "1 KiB", "1_000"],
    "expected a size such as 1024, 64KiB or 10MB",
  );
  refuses(
    readSize,
    ["9007199254740993", "9999999999GiB"],
    "expected at most 9007199254740991",
  );
  for (const unit of ["kb", "K", "TiB", "Mb", "constructor"]) {
    refuses(readSize, [`1${unit}`], `unknown unit "${unit}"`);
  }
});

Deno.test("readSize takes fractions of a unit, but not of a byte", () => {
  reads(readSize, {
    "1.5kB": 1500,
    "0.5KiB": 512,
    "1.1MB": 1_100_000,
    "1.0": 1,
    "0.0kB": 0,
  });
  refuses(
    readSize,
    ["0.5", "1.5", "0.4B", "1.5B", "0.3KiB", "1.0001kB", "0.0001KiB"],
    "expected a size such as 1024, 64KiB or 10MB",
  );
});

Deno.test("readText takes anything but nothing", () => {
  reads(readText, { "a b": "a b", " ": " ", "0": "0" });
  refuses(readText, [""], "expected some text");
});

Deno.test("choiceOf takes its words alone", () => {
  const read = choiceOf("text", "json");
  reads(read, { text: "text", json: "json" });
  refuses(read, ["", "JSON", "tex", "xml"], "expected text, json");
});

Deno.test("readSwitch takes true, false, 1 and 0", () => {
  reads(readSwitch, { true: true, "1": true, false: false, "0": false });
  refuses(readSwitch, ["", "yes", "TRUE", "2"], "expected true, false, 1, 0");
});

Deno.test("readSize is not fooled by binary fractions", () => {
  assertEquals(readSize("2.01kB"), 2010);
  assertEquals(readSize("16.1kB"), 16_100);
});

Deno.test("readSeed takes 32 bits", () => {
  reads(readSeed, { "0": 0, "42": 42, "4294967295": 4_294_967_295 });
  refuses(
    readSeed,
    ["", "-1", "1.5", "0x10", "4294967296"],
    "expected a number from 0 to 4294967295",
  );
});

Deno.test("readMs takes milliseconds with a unit or without", () => {
  reads(readMs, { "0": 0, "100": 100, "1.6": 2, "100ms": 100, "2s": 2000 });
  refuses(readMs, ["", "-1", "1.2.3", "s", "1e3"], "expected a duration");
  refuses(readMs, ["0.4"], "expected at least 1ms, or 0");
  refuses(readMs, ["5d"], 'unknown unit "d"');
});

Deno.test("readSomeBytes takes any size but none", () => {
  reads(readSomeBytes, { "1": 1, "4KiB": 4096 });
  refuses(readSomeBytes, ["0", "0kB"], "expected a size of at least 1");
  refuses(readSomeBytes, ["x"], "expected a size such as 1024");
});

Deno.test("readShare takes a number from 0 to 1", () => {
  reads(readShare, { "0": 0, "0.1": 0.1, ".5": 0.5, "1e-7": 1e-7, "1": 1 });
  refuses(
    readShare,
    ["", ".", "-0.1", "1.1", "2", "1e2", "10%", "NaN", "Infinity", " 1"],
    "expected a number from 0 to 1, such as 0.1",
  );
});

Deno.test("readMode takes three digits in octal, with a 0 or without", () => {
  reads(readMode, {
    "0660": 0o660,
    "600": 0o600,
    "0777": 0o777,
    "0000": 0,
    "007": 0o007,
  });
  refuses(
    readMode,
    [
      ...["", "7", "66", "668", "0668", "1777", "00660", "-660", "+660"],
      ...["0o660", "0x1b0", "rw-rw----", " 660", "660\n", "6.0"],
    ],
    "expected a mode in octal, such as 0660",
  );
});
