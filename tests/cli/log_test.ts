import { formatJson, formatText, openLog } from "../../src/cli/log.ts";
import type { LogEntry } from "../../src/std.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { fakeRuntime } from "../fake_runtime.ts";

const TIME = "2026-01-02T03:04:05.678Z";

function entry(fields: object): LogEntry {
  return { level: "info", time: new Date(TIME), event: "connect", fields };
}

/** What must not reach a terminal as it is, by what it does there. */
const UNSAFE = {
  "null": "\0",
  "bell": "\x07",
  "backspace": "\b",
  "newline": "\n",
  "carriage return": "\r",
  "escape sequence": "\x1b[31m",
  "delete": "\x7f",
  "C1 control sequence": "\x9b31m",
  "next line": "\x85",
  "Arabic letter mark": "\u061c",
  "zero-width space": "\u200b",
  "right-to-left mark": "\u200f",
  "line separator": "\u2028",
  "paragraph separator": "\u2029",
  "right-to-left override": "\u202e",
  "left-to-right isolate": "\u2066",
  "byte order mark": "\ufeff",
};

function unsafeCharacters(line: string): string[] {
  return [...line].filter((char) => /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(char));
}

function logOf(level: "debug" | "warn" | "error", format: "text" | "json") {
  const written: string[] = [];
  const runtime = fakeRuntime({
    writeStderr: (text) => {
      written.push(text);
      return Promise.resolve();
    },
  });
  const log = openLog(runtime, { level, format });
  const lines = async () => {
    await log.flush();
    return written.join("").split("\n").slice(0, -1);
  };
  return { log, lines };
}

Deno.test("formatText has time, level, event and pairs", () => {
  assertEquals(
    formatText(entry({ id: 1, peer: "127.0.0.1:50000" })),
    `${TIME} info  connect id=1 peer=127.0.0.1:50000`,
  );
  assertEquals(
    formatText({ ...entry({}), level: "error", event: "error" }),
    `${TIME} error error`,
  );
});

Deno.test("formatText quotes values that are not plain", () => {
  const quoted = {
    "two words": '"two words"',
    "": '""',
    "a=b": '"a=b"',
    'say "hi"': String.raw`"say \"hi\""`,
    "back\\slash and space": String.raw`"back\\slash and space"`,
  };
  for (const [value, shown] of Object.entries(quoted)) {
    const line = formatText(entry({ value }));
    assertEquals(line, `${TIME} info  connect value=${shown}`);
  }
});

Deno.test("formatText escapes what repaints a terminal or forges a line", () => {
  for (const [name, text] of Object.entries(UNSAFE)) {
    for (const value of [`a${text}b`, `a ${text} b`]) {
      const line = formatText(entry({ value }));
      assertEquals(unsafeCharacters(line), [], name);
    }
  }
  assertEquals(
    formatText(entry({ value: "\x1b[31m\u202e\x9b" })),
    String.raw`${TIME} info  connect value=\u001b[31m\u202e\u009b`,
  );
});

Deno.test("formatText leaves other letters alone", () => {
  const line = formatText(entry({ value: "Grüße,日本,🎉" }));
  assert(line.endsWith("value=Grüße,日本,🎉"));
});

Deno.test("formatJson parses back to the entry", () => {
  const fields = { id: 1, peer: "[::1]:7", error: 'say "hi"\\', big: 2 ** 40 };
  assertEquals(JSON.parse(formatJson(entry(fields))), {
    time: TIME,
    level: "info",
    event: "connect",
    ...fields,
  });
});

Deno.test("formatJson escapes everything unsafe and loses nothing", () => {
  for (const [name, text] of Object.entries(UNSAFE)) {
    const value = `a${text}b`;
    const line = formatJson(entry({ value, [value]: 1 }));
    assertEquals(unsafeCharacters(line), [], name);
    assertEquals(JSON.parse(line).value, value, name);
    assertEquals(JSON.parse(line)[value], 1, name);
  }
});

Deno.test("openLog writes one line a record, at the level of its event", async () => {
  const { log, lines } = logOf("debug", "json");
  log.record({ event: "connect", id: 1, peer: "127.0.0.1:50000" });
  log.record({
    event: "refused",
    peer: "127.0.0.1:50001",
    reason: "max-connections",
  });
  log.record({ event: "error", message: "two\nlines" });
  const records = (await lines()).map((line) => JSON.parse(line));
  const [connect, refused, error] = records;
  assertEquals(records.length, 3);
  assertMatch(connect.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals([connect.level, connect.id], ["info", 1]);
  assertEquals([refused.level, refused.reason], ["warn", "max-connections"]);
  assertEquals([error.level, error.message], ["error", "two\nlines"]);
});

Deno.test("openLog leaves out what is not severe enough", async () => {
  const { log, lines } = logOf("warn", "text");
  log.record({ event: "connect", id: 1, peer: "127.0.0.1:50000" });
  log.record({ event: "warning", message: "careful" });
  log.record({ event: "error", message: "broken" });
  const [warning, error, ...rest] = await lines();
  assertMatch(warning, /^\S+Z warn {2}warning message=careful$/);
  assertMatch(error, /^\S+Z error error message=broken$/);
  assertEquals(rest, []);
});

Deno.test("openLog tells when records were lost", async () => {
  const { promise: taken, resolve: take } = Promise.withResolvers<void>();
  const written: string[] = [];
  const runtime = fakeRuntime({
    writeStderr: (text) => {
      written.push(text);
      return taken;
    },
  });
  const log = openLog(runtime, { level: "info", format: "json" });
  const message = "x".repeat(400 * 1024);
  for (let i = 0; i < 5; i++) log.record({ event: "error", message });
  take();
  await log.flush();
  const records = written.join("").trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  const lost = records.find(({ event }) => event === "warning");
  assertEquals(records.length, 4);
  assertEquals(lost.level, "warn");
  assertMatch(lost.message, /^2 log records dropped: /);
});
