import {
  flagName,
  flagOf,
  FLAGS,
  KEYS,
  variableName,
} from "../../src/cli/flags.ts";
import { OptionError } from "../../src/errors.ts";
import { DEFAULT_MAX_MESSAGE } from "../../src/http/plane.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../assert.ts";

Deno.test("every default is accepted by its reader", () => {
  const shown = KEYS.filter((key) => flagOf(key).default !== undefined);
  assert(shown.length >= 10);
  for (const key of shown) {
    const flag = flagOf(key);
    assert(flag.read(flag.default!) !== undefined, key);
  }
  assertEquals(FLAGS.port.read(FLAGS.port.default), 8080);
  assertEquals(FLAGS.shutdownTimeout.read("10s"), 10_000);
});

Deno.test("every flag has a name in dashes and a variable in capitals", () => {
  for (const key of KEYS) {
    assertMatch(flagName(key), /^--[a-z]+(-[a-z]+)*$/);
    assertMatch(variableName(key), /^ECHOD_[A-Z]+(_[A-Z]+)*$/);
  }
  assertEquals(flagName("port"), "--port");
  assertEquals(flagName("maxConnectionsPerIp"), "--max-connections-per-ip");
  assertEquals(variableName("port"), "ECHOD_PORT");
  assertEquals(
    variableName("maxConnectionsPerIp"),
    "ECHOD_MAX_CONNECTIONS_PER_IP",
  );
});

Deno.test("no two flags share a name or a letter", () => {
  const letters = KEYS.flatMap((key) => flagOf(key).short ?? []);
  const names = KEYS.map(flagName);
  assertEquals(new Set(letters).size, letters.length);
  assertEquals(new Set(names).size, KEYS.length);
  for (const letter of letters) assertMatch(letter, /^[A-Za-z]$/);
});

Deno.test("the token alone is a secret, which has no default to show", () => {
  const secret = KEYS.filter((key) => flagOf(key).isSecret);
  assertEquals(secret, ["statusToken"]);
  assertEquals(flagOf("statusToken").default, undefined);
});

Deno.test("the settings of HTTP are those of a library's server", () => {
  const { maxBody, maxMessage } = FLAGS;
  assertEquals(maxMessage.read(maxMessage.default), DEFAULT_MAX_MESSAGE);
  // 0 stands for no limit of a body; no message at all would be of no use.
  assertEquals(maxBody.read("0"), 0);
  assertThrows(() => maxMessage.read("0"), OptionError, "at least 1");
});

Deno.test("every flag has one line of help", () => {
  for (const key of KEYS) {
    const { help } = flagOf(key);
    assertMatch(help, /^\S.{5,}\S$/);
    // A bar would break the README's table.
    assert(!help.includes("|"), key);
  }
});

Deno.test("a switch has no default, and a value has a name in capitals", () => {
  for (const key of KEYS) {
    const { value, default: fallback, repeatable } = flagOf(key);
    if (value === undefined) {
      assertEquals([fallback, repeatable], [
        undefined,
        undefined,
      ], key);
    } else assertMatch(value, /^[A-Z]+(:[A-Z]+)?$/);
  }
});
