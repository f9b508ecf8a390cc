import { COMMAND_NAMES } from "../../src/cli/commands.ts";
import { TARGET_BEGINNINGS } from "../../src/client/target.ts";
import type { Program } from "../../src/cli/completions/program.ts";
import {
  completionScript,
  describeProgram,
} from "../../src/cli/completions/script.ts";
import { SHELL_NAMES, SHELLS } from "../../src/cli/completions/shells.ts";
import type { Offer } from "../../src/cli/flags/flag.ts";
import { assert, assertEquals } from "../assert.ts";
import { isInstalled } from "./programs.ts";
import {
  INSERT_ALL,
  LIST_ALL,
  offersOfFish,
  type ShellSession,
  withShell,
} from "./shell_session.ts";

const program = describeProgram();
/** The names of a command's flags. */
function flagNamesOf(command: string): readonly string[] {
  const { flags } = program.commands.find(({ name }) => name === command)!;
  return flags.flatMap(({ names }) => names);
}

const SOURCE = "source <(cat script)\n";

/**
 * What is typed before a tab, and the words of the line then. A point is typed
 * after it, which shows whether a space came with the completion.
 */
const COMPLETED: readonly [typed: string, words: readonly string[]][] = [
  ["--sel", ["--self-signed", "."]],
  ["serve --sel", ["serve", "--self-signed", "."]],
  ["--log-level d", ["--log-level", "debug", "."]],
  ["--log-level=d", ["--log-level=debug", "."]],
  ["--listen tc", ["--listen", "tcp://127.0.0.1:."]],
  ["--listen tcp:", ["--listen", "tcp://127.0.0.1:."]],
  ["--listen=tl", ["--listen=tls://127.0.0.1:."]],
  ["--listen=tls://1", ["--listen=tls://127.0.0.1:."]],
  ["-l 'tcp://[::1]:7' -l uni", ["-l", "tcp://[::1]:7", "-l", "unix:."]],
  ["--fault mut", ["--fault", "mute", "."]],
  ["--fault lat", ["--fault", "latency:."]],
  ["--fault latency:j", ["--fault", "latency:jitter=."]],
  ["--fault latency:ms=1,j", ["--fault", "latency:ms=1,jitter=."]],
  ["--fault=mute:e", ["--fault=mute:every=."]],
  ["--cert my", ["--cert", "my file.pem", "."]],
  ["--cert=my", ["--cert=my file.pem", "."]],
  ["comp", ["completions", "."]],
  ["-q -p 7 --seed=1 comp", [
    ...["-q", "-p", "7", "--seed=1", "completions", "."],
  ]],
  ["completions f", ["completions", "fish", "."]],
  ["completions --he", ["completions", "--help", "."]],
  ["pi", ["ping", "."]],
  ["ping tc", ["ping", "tcp://."]],
  ["ping -c 3 --timeout 1s ht", [
    ...["ping", "-c", "3", "--timeout", "1s", "http."],
  ]],
  ["bench tcp://127.0.0.1:7 --js", [
    ...["bench", "tcp://127.0.0.1:7", "--json", "."],
  ]],
  ["ping --ca my", ["ping", "--ca", "my file.pem", "."]],
  // Nothing is offered for these.
  ["--port my", ["--port", "my."]],
  ["--fault mute:b", ["--fault", "mute:b."]],
  ["serve my", ["serve", "my."]],
  ["completions bash f", ["completions", "bash", "f."]],
  ["completions --sel", ["completions", "--sel."]],
  ["ping --sel", ["ping", "--sel."]],
  ["ping --con", ["ping", "--con."]],
];

/** What is typed, and all that is offered then. */
const OFFERED: readonly [typed: string, offered: readonly string[]][] = [
  ["", COMMAND_NAMES],
  ["-p 7 ", COMMAND_NAMES],
  ["-", flagNamesOf("serve")],
  ["serve -", flagNamesOf("serve")],
  ["bench -", flagNamesOf("bench")],
  ["ping --count 3 ", TARGET_BEGINNINGS],
  ["completions ", SHELL_NAMES],
  ["completions -", ["--help", "--version", "-V", "-h"]],
  ["--log-level ", ["debug", "info", "warn", "error"]],
  ["--log-format ", ["text", "json"]],
  ["--proxy-protocol ", ["off", "optional", "require"]],
  ["-l ", offersOf("--listen").map(({ text }) => text)],
  ["--fault ", offersOf("--fault").map(({ text }) => text)],
];

function offersOf(flag: string): readonly Offer[] {
  return program.flags.find(({ names }) => names.includes(flag))!.value!.offers;
}

async function checkCompleted(session: ShellSession): Promise<void> {
  for (const [typed, words] of COMPLETED) {
    const seen = await session.words(`echod ${typed}\t.`);
    assertEquals(seen, [...words], typed);
  }
}

async function checkOffered(session: ShellSession): Promise<void> {
  for (const [typed, offered] of OFFERED) {
    const before = typed.split(" ").length - 1;
    const seen = await session.words(`echod ${typed}${INSERT_ALL}`);
    assertEquals(seen.slice(before).sort(), [...offered].sort(), typed);
  }
}

Deno.test("bash completes what is typed", async () => {
  const script = completionScript("bash");
  const lines = 'eval "$(cat script)"\n';
  await withShell("bash", script, lines, async (session) => {
    await checkCompleted(session);
    await checkOffered(session);
    // bash puts all completions in the place of what follows the sign.
    const levels = await session.words(`echod --log-level=${INSERT_ALL}`);
    assertEquals(levels, ["--log-level=debug", "error", "info", "warn"]);
    const keys = await session.words(`echod --fault slicer:p=1,d${INSERT_ALL}`);
    assertEquals(keys, ["--fault", "slicer:p=1,delay="]);
    // With Ctrl+B, the tab comes in the middle of a word.
    const middle = await session.words("echod --selXX\x02\x02\t");
    assertEquals(middle, ["--self-signedXX"]);
  });
});

Deno.test("bash completes what is typed where = and : part no words", async () => {
  const script = completionScript("bash");
  const lines = `${SOURCE}COMP_WORDBREAKS=\${COMP_WORDBREAKS//[:=]/}\n`;
  await withShell("bash", script, lines, checkCompleted);
});

Deno.test("zsh completes what is typed", async () => {
  const script = completionScript("zsh");
  await withShell("zsh", script, SOURCE, async (session) => {
    await checkCompleted(session);
    await checkOffered(session);
  });
});

Deno.test("zsh finds the script in $fpath", async () => {
  await withShell("zsh", completionScript("zsh"), "", checkCompleted);
});

Deno.test("fish completes what is typed", async () => {
  const script = completionScript("fish");
  await withShell("fish", script, "source script\n", checkCompleted);
});

Deno.test("fish offers what there is", async () => {
  if (!await isInstalled("fish", "--version")) return;
  for (const [typed, offered] of OFFERED) {
    const seen = await offersOfFish(completionScript("fish"), `echod ${typed}`);
    const words = seen.map(([word]) => word);
    assertEquals(words.sort(), [...offered].sort(), typed);
  }
});

const GIVEN = "echod -p 7 --log-level=info -q -l x -";
const NOT_GIVEN = flagNamesOf("serve").toSorted().filter((name) =>
  !["-p", "--port", "--log-level", "-q", "--quiet"].includes(name)
);

Deno.test("zsh offers again what may be repeated, and nothing else", async () => {
  const script = completionScript("zsh");
  await withShell("zsh", script, SOURCE, async (session) => {
    const words = await session.words(GIVEN + INSERT_ALL);
    assertEquals(words.slice(6).sort(), NOT_GIVEN);
  });
});

Deno.test("fish offers again what may be repeated, and nothing else", async () => {
  if (!await isInstalled("fish", "--version")) return;
  const seen = await offersOfFish(completionScript("fish"), GIVEN);
  assertEquals(seen.map(([word]) => word).sort(), NOT_GIVEN);
});

/** What is typed, what is offered then, and how that is described. */
type Described = readonly [
  typed: string,
  names: readonly string[],
  help: string,
];

const HELPS: readonly Described[] = [
  ...program.commands.map(({ name, help }): Described => ["", [name], help]),
  ...program.commands.flatMap(({ name, flags }) =>
    flags.map(({ names, help }): Described => [`${name} -`, names, help])
  ),
  ...offersOf("--fault").map(({ text, help = "" }): Described => {
    return ["--fault ", [text], help];
  }),
];

/** What means something in one shell or another. */
const ODD =
  `it's "q" [b]: $HOME \`id\` $(id) \\n \\\\ %s {x,y} ~ * #1; & | <z> !`;

const oddFlag = {
  names: ["-o", "--odd"],
  value: {
    name: "A:B",
    isFile: false,
    offers: [{ text: "one", help: ODD }, { text: "two:", help: ODD }],
  },
  isRepeatable: false,
  help: ODD,
};
const ODD_PROGRAM: Program = {
  name: "echod",
  commands: [{ name: "run", isDefault: true, flags: [oddFlag], help: ODD }],
  flags: [oddFlag],
};
const ODD_HELPS: readonly Described[] = [
  ["", ["run"], ODD],
  ["-", ["-o", "--odd"], ODD],
  ["--odd ", ["one"], ODD],
  ["--odd ", ["two:"], ODD],
];

Deno.test("zsh shows the help of commands, flags and values", async () => {
  for (
    const [shown, helps] of [[program, HELPS], [
      ODD_PROGRAM,
      ODD_HELPS,
    ]] as const
  ) {
    const script = SHELLS.zsh(shown);
    await withShell("zsh", script, SOURCE, async (session) => {
      for (const typed of new Set(helps.map(([typed]) => typed))) {
        const lines = (await session.type(`echod ${typed}${LIST_ALL}`))
          .split(/\s*\n/);
        for (const [, names, help] of helps.filter(([at]) => at === typed)) {
          const line = lines.find((line) =>
            line.endsWith(` -- ${help}`) &&
            names.every((name) => line.split(/\s+/).includes(name))
          );
          assert(line, `${names}: ${help}\n${lines.join("\n")}`);
        }
      }
    });
  }
});

Deno.test("fish shows the help of commands, flags and values", async () => {
  if (!await isInstalled("fish", "--version")) return;
  for (
    const [shown, helps] of [[program, HELPS], [
      ODD_PROGRAM,
      ODD_HELPS,
    ]] as const
  ) {
    const script = SHELLS.fish(shown);
    for (const typed of new Set(helps.map(([typed]) => typed))) {
      const seen = new Map(
        (await offersOfFish(script, `echod ${typed}`)).map((
          [word, help],
        ) => [word, help]),
      );
      for (const [, names, help] of helps.filter(([at]) => at === typed)) {
        for (const name of names) assertEquals(seen.get(name), help, name);
      }
    }
  }
});
