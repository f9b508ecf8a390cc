import { CONFIG_KEYS, readConfig } from "../../src/cli/config.ts";
import { OptionError } from "../../src/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";

function textsOf(text: string): Record<string, readonly string[]> {
  return Object.fromEntries(readConfig("echod.json", text).texts);
}

function refuses(text: string, message: string): void {
  assertThrows(() => readConfig("echod.json", text), OptionError, message);
}

Deno.test("readConfig gives every setting as text", () => {
  const text = `{
    "port": 7,
    "host": "::1",
    "maxBytes": "64KiB",
    "idleTimeout": "30s",
    "quiet": true
  }`;
  assertEquals(textsOf(text), {
    port: ["7"],
    host: ["::1"],
    maxBytes: ["64KiB"],
    idleTimeout: ["30s"],
    quiet: ["true"],
  });
});

Deno.test("readConfig takes one listener or a list of them", () => {
  const urls = ["tcp://127.0.0.1:7", "tcp://[::1]:7"];
  assertEquals(textsOf(JSON.stringify({ listen: urls })), { listen: urls });
  assertEquals(textsOf(JSON.stringify({ listen: urls[0] })), {
    listen: [urls[0]],
  });
});

Deno.test("readConfig passes over a byte order mark and $schema", () => {
  const text = '\uFEFF{"$schema": "https://example.test", "port": 7}';
  assertEquals(textsOf(text), { port: ["7"] });
});

Deno.test("readConfig takes false for what it is", () => {
  assertEquals(textsOf('{"quiet": false}'), { quiet: ["false"] });
});

Deno.test("readConfig says where its settings come from", () => {
  const text = '{\n  "port": 7,\n  "host": "::1"\n}';
  const layer = readConfig("echod.json", text);
  assertEquals(layer.origin, "file");
  assertEquals(layer.describe("port"), '"port" in echod.json:2');
  assertEquals(layer.describe("host"), '"host" in echod.json:3');
});

Deno.test("readConfig names an unknown key, its line and the likely one", () => {
  refuses(
    '{\n  "port": 7,\n  "porrt": 8\n}',
    'Unknown key "porrt" in echod.json:3: did you mean "port"?',
  );
  refuses(
    '{"prot": 8}',
    'Unknown key "prot" in echod.json:1: did you mean "port"?',
  );
  refuses(
    '{"frobnicate": 1}',
    'Unknown key "frobnicate" in echod.json:1: --help lists all settings',
  );
  refuses(
    '{"idle-timeout": "5s"}',
    'Unknown key "idle-timeout" in echod.json:1: did you mean "idleTimeout"?',
  );
});

Deno.test("readConfig refuses what belongs to the command line alone", () => {
  for (const key of ["help", "version", "check", "config"]) {
    refuses(
      `{"${key}": true}`,
      `Cannot use "${key}" in echod.json:1: it is for the command line`,
    );
    assertEquals(CONFIG_KEYS.filter((known) => known === key), []);
  }
});

Deno.test("readConfig does not take inherited names for keys", () => {
  for (const key of ["__proto__", "constructor", "toString"]) {
    refuses(`{"${key}": {}}`, `Unknown key "${key}" in echod.json:1`);
  }
});

Deno.test("readConfig refuses values of the wrong type", () => {
  const wrong = {
    '"port": true': "expected a string or a number (PORT), not true",
    '"port": null': "expected a string or a number (PORT), not null",
    '"port": [7]': "expected a string or a number (PORT), not [7]",
    '"quiet": "true"': 'expected true or false, not "true"',
    '"quiet": 1': "expected true or false, not 1",
    '"listen": []': "the list is empty",
    '"listen": {}': "expected a string or a list of strings, not {}",
    '"listen": ["tcp://a:7", null]':
      "expected a string or a list of strings, not null",
  };
  for (const [member, expected] of Object.entries(wrong)) {
    const key = member.slice(0, member.indexOf(":"));
    refuses(
      `{\n${member}\n}`,
      `Cannot use ${key} in echod.json:2: ${expected}`,
    );
  }
});

Deno.test("readConfig names the line of broken JSON", () => {
  refuses(
    '{\n  "port": 7,\n}',
    "Cannot parse echod.json:3: unexpected }, expected JSON",
  );
  refuses("", "Cannot parse echod.json:1: unexpected end of the file");
});

Deno.test("readConfig refuses JSON that is no object", () => {
  for (const text of ["[]", "null", "7", '"port"', "true"]) {
    refuses(text, "Cannot use echod.json: expected a JSON object");
  }
});
