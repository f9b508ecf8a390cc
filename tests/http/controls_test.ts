import { OptionError } from "../../src/errors.ts";
import {
  type Controls,
  LARGEST_SIZE,
  LONGEST_DELAY_MS,
  readControls,
} from "../../src/http/controls.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const DEFAULTS: Controls = {
  status: 200,
  delayMs: 0,
  size: undefined,
  close: false,
};

function read(query: string, fields: Record<string, string> = {}): Controls {
  const url = new URL(`http://echo.test/path${query}`);
  return readControls(url, new Headers(fields));
}

/** The message that a query is refused with, in full. */
function refusalOf(query: string, fields?: Record<string, string>): string {
  try {
    read(query, fields);
  } catch (error) {
    if (error instanceof OptionError) return error.message;
    throw error;
  }
  return "none";
}

Deno.test("readControls has defaults for all that is left out", () => {
  for (
    const query of ["", "?", "?a=b", "?Status=503&statuses=1&x-echo-size=1"]
  ) {
    assertEquals(read(query), DEFAULTS, query);
  }
});

Deno.test("readControls reads each control from the query", () => {
  const values: [query: string, controls: Partial<Controls>][] = [
    ["?status=200", { status: 200 }],
    ["?status=204", { status: 204 }],
    ["?status=599", { status: 599 }],
    ["?delay=0", { delayMs: 0 }],
    ["?delay=15", { delayMs: 15 }],
    ["?delay=200ms", { delayMs: 200 }],
    ["?delay=1.5s", { delayMs: 1500 }],
    ["?delay=60s", { delayMs: LONGEST_DELAY_MS }],
    ["?delay=1m", { delayMs: LONGEST_DELAY_MS }],
    ["?size=0", { size: 0 }],
    ["?size=10KiB", { size: 10_240 }],
    ["?size=100MiB", { size: LARGEST_SIZE }],
    ["?close", { close: true }],
    ["?close=", { close: true }],
    ["?close=true", { close: true }],
    ["?close=1", { close: true }],
    ["?close=false", { close: false }],
    ["?close=0", { close: false }],
  ];
  for (const [query, controls] of values) {
    assertEquals(read(query), { ...DEFAULTS, ...controls }, query);
  }
});

Deno.test("readControls reads all at once, from fields and the query, which wins", () => {
  const fields = {
    "X-Echo-Status": "404",
    "x-echo-delay": "1s",
    "X-ECHO-SIZE": "1KiB",
    "x-echo-close": "true",
  };
  const all = { status: 404, delayMs: 1000, size: 1024, close: true };
  assertEquals(read("", fields), all);
  assertEquals(read("?status=503&close=0", fields), {
    ...all,
    status: 503,
    close: false,
  });
  assertEquals(read("?size=0&size=7", fields).size, 0);
  assertEquals(read("", { "x-echo-close": "" }).close, true);
});

Deno.test("readControls names what cannot be used, and what was expected", () => {
  const statuses = [
    "",
    "99",
    "100",
    "101",
    "199",
    "600",
    "1e2",
    "+200",
    "0200",
  ];
  for (const status of [...statuses, "２００", "-200", "200.0", "0x1F4"]) {
    assertEquals(
      refusalOf(`?status=${encodeURIComponent(status)}`),
      `Cannot use status=${status}: expected a status from 200 to 599`,
    );
  }
  assertEquals(
    refusalOf("?delay=60001ms"),
    "Cannot use delay=60001ms: expected at most 60s",
  );
  for (const delay of ["", "-1", "1e3", "Infinity", "1 s", "."]) {
    assertEquals(
      refusalOf(`?delay=${delay}`).endsWith(
        "expected a duration such as 500ms, 30s, 5m or 1h",
      ),
      true,
      delay,
    );
  }
  assertEquals(
    refusalOf("?size=104857601"),
    "Cannot use size=104857601: expected at most 100MiB",
  );
  for (const size of ["", "-1", "1.5", "1kb", "NaN", "1e9"]) {
    assertEquals(
      refusalOf(`?size=${size}`).endsWith(
        "expected a size such as 1024, 64KiB or 10MB",
      ),
      true,
      size,
    );
  }
  assertEquals(
    refusalOf("?close=yes"),
    "Cannot use close=yes: expected true, false, 1, 0",
  );
});

Deno.test("readControls refuses a field as it refuses the query, which hides it", () => {
  const fields = { "x-echo-status": "1000" };
  assertThrows(() => read("", fields), OptionError, "status=1000");
  assertEquals(read("?status=201", fields).status, 201);
  assertThrows(() => read("?status", { "x-echo-status": "201" }), OptionError);
});
