import { COMMAND_NAMES, commandOf } from "../../../src/cli/commands.ts";
import {
  completionScript,
  describeProgram,
} from "../../../src/cli/completions/script.ts";
import {
  type Shell,
  SHELL_NAMES,
} from "../../../src/cli/completions/shells.ts";
import { flagOf, FLAGS, KEYS } from "../../../src/cli/flags.ts";
import { flagName } from "../../../src/cli/flags/flag.ts";
import { errorText, OptionError } from "../../../src/errors.ts";
import { KINDS } from "../../../src/faults/kinds.ts";
import { parseListenUrl } from "../../../src/listen_url.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertThrows,
} from "../../assert.ts";

/** What reading a value complains of. */
function complaint(read: (text: string) => unknown, text: string): string {
  try {
    read(text);
    return "";
  } catch (error) {
    return errorText(error);
  }
}

Deno.test("describeProgram has every command with its flags, and every flag", () => {
  const { commands, flags } = describeProgram();
  assertEquals(commands.map(({ name }) => name), [...COMMAND_NAMES]);
  for (const { name, flags } of commands) {
    const own = commandOf(name as typeof COMMAND_NAMES[number]).flags;
    const names = Object.keys(own).map(flagName);
    assertEquals(flags.map(({ names }) => names.at(-1)), names);
  }
  assertEquals(new Set(commands.flatMap(({ flags }) => flags)), new Set(flags));
  // What clients have in common is there once, and what differs is not.
  const named = (name: string) =>
    flags.filter(({ names }) => names.includes(name)).map(({ help }) => help);
  assertEquals(named("--size"), ["size of a message [64]"]);
  assertEquals(named("-c").length, 2);
  const port = flags[KEYS.indexOf("port")];
  assertEquals(port.names, ["-p", "--port"]);
  assertEquals(port.help, `${FLAGS.port.help} [8080]`);
  const files = flags.filter(({ value }) => value?.isFile);
  assert(files.every(({ value }) => value?.name === "FILE"));
  assertEquals(files.length, 9);
});

Deno.test("what is offered for a flag is what its reader takes", () => {
  const offering = KEYS.filter((key) => flagOf(key).offers);
  for (const key of offering.filter((key) => key !== "fault")) {
    const { read, offers } = flagOf(key);
    for (const { text } of offers!) {
      // A beginning is a value once something comes after it.
      const isOpen = text.endsWith(":");
      assertEquals(complaint(read, isOpen ? `${text}7` : text), "", text);
    }
  }
  assertEquals(offering, [
    ...["listen", "proxyProtocol", "fault", "logLevel", "logFormat"] as const,
  ]);
});

Deno.test("every scheme of a listener is offered", () => {
  const expected = complaint(parseListenUrl, "").match(/[a-z]+(?=:)/g) ?? [];
  const offered = FLAGS.listen.offers.map(({ text }) => text.split(":")[0]);
  assertEquals(new Set(offered), new Set(expected));
  assertEquals(offered.length, 6);
});

Deno.test("every scheme of a server is offered where a client takes a URL", () => {
  const { read, offers } = commandOf("ping").operand!;
  const schemes = complaint(read, "").match(/[a-z]+(?=:)/g) ?? [];
  assertEquals(
    new Set(offers!.map(({ text }) => text.split(":")[0])),
    new Set(schemes),
  );
  for (const { text } of offers!) {
    assertEquals(complaint(read, `${text}a:7`), "");
  }
  assertEquals(offers!.length, 8);
});

Deno.test("every kind of fault is offered with the keys that it takes", () => {
  const { offers, read } = FLAGS.fault;
  const kinds = offers.map(({ text }) => text.replace(":", ""));
  assertEquals(kinds, Object.keys(KINDS));
  for (const { text, keys } of offers) {
    // What needs a key is no fault without one.
    if (text.endsWith(":")) {
      const kind = text.slice(0, -1);
      assertThrows(() => read(kind), OptionError, `${kind} needs `);
    } else assertEquals(complaint(read, text), "", text);
    const head = text.replace(/:?$/, ":");
    const known = complaint(read, `${head}none=1`).split("expected ")[1];
    const taken = known.split(", ").filter((key) =>
      !/has no key/.test(complaint(read, `${head}${key}=1`))
    );
    assertEquals([...keys ?? []], taken, text);
  }
});

/** How a shell's script has a flag. */
const MENTION: Record<Shell, (name: string) => RegExp> = {
  bash: (name) => new RegExp(` ${name}[ )]`),
  zsh: (name) => new RegExp(`['*)]${name}[+=]?\\[`),
  fish: (name) => new RegExp(` -[sl] ${name.replace(/^--?/, "")} .*-d '`),
  powershell: (name) => new RegExp(`Names = @\\([^)]*'${name}'`),
};

for (const shell of SHELL_NAMES) {
  Deno.test(`the script for ${shell} has every flag and every closed list`, () => {
    const script = completionScript(shell);
    const { flags, commands } = describeProgram();
    for (const name of flags.flatMap(({ names }) => names)) {
      assertMatch(script, MENTION[shell](name));
    }
    const offers = [
      ...flags.map(({ value }) => value),
      ...commands.map(
        ({ operand }) => operand,
      ),
    ].flatMap((value) => value?.offers ?? []);
    for (const { text, keys = [] } of offers) {
      const word = shell === "zsh" ? text.replaceAll(":", "\\:") : text;
      for (const part of [word, ...keys]) assert(script.includes(part), part);
    }
  });

  Deno.test(`the script for ${shell} says first how to install it`, () => {
    const [head] = completionScript(shell).split("\n\n");
    assertMatch(head, /^#.*\n(# .*\n?)+$/);
    assert(head.includes(`echod completions ${shell}`), head);
  });

  // Windows would read other characters in the code page of a console.
  Deno.test(`the script for ${shell} is ASCII without carriage returns`, () => {
    assertMatch(completionScript(shell), /^[\n\x20-\x7e]*[^\s]$/);
  });
}
