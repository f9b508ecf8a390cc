import { assert, assertEquals } from "./assert.ts";
import { LAYERS } from "./layers.ts";
import { repositoryPath } from "./paths.ts";

/** The only files that may name a runtime. */
const NAMES_RUNTIMES = /^src\/(adapters\/|runtime\.ts$)/;

const LONGEST_FILE = 300;

/** Paths of the repository's files, and their texts. */
type Sources = Readonly<Record<string, string>>;

function readSources(...tops: readonly string[]): Sources {
  return Object.fromEntries(
    tops.flatMap(filesUnder).filter((path) => path.endsWith(".ts")).map(
      (path) => [path, Deno.readTextFileSync(repositoryPath(path))],
    ),
  );
}

function filesUnder(path: string): string[] {
  if (!Deno.statSync(repositoryPath(path)).isDirectory) return [path];
  const entries = [...Deno.readDirSync(repositoryPath(path))];
  return entries.flatMap(({ name }) => filesUnder(`${path}/${name}`));
}

// The `//` of a URL begins no comment.
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g, "");
}

// As code, `Deno.listen` and `"Deno"`; in prose, "Deno needs -N".
function namesRuntime(code: string): boolean {
  return /\b(Deno|Bun)(\??\.\w|\s*\[)|\.(Deno|Bun)\b|(["'])(Deno|Bun)\4/
    .test(code);
}

// `load` is how `src/std.ts` hides an import from Deno.
function importsOf(path: string, code: string): string[] {
  const found = code.matchAll(
    /(?<![.\w])(?:from|import|load)\s*\(?\s*(["'])(?<specifier>[^"'\n]+)\1/g,
  );
  return [...found].map(({ groups }) => {
    const { specifier } = groups!;
    if (!specifier.startsWith(".")) return specifier;
    return new URL(specifier, `file:///${path}`).pathname.slice(1);
  });
}

function violations(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([path, text]) => {
    const code = withoutComments(text);
    const layer = LAYERS.find(({ files }) => files.test(path));
    if (!layer) return [`${path} belongs to no layer`];
    const { imports } = layer;
    const wrong = importsOf(path, code).filter((target) =>
      imports === "nothing" ||
      !target.startsWith("node:") && !imports.test(target)
    );
    return [
      ...wrong.map((target) => `${path} imports ${target}`),
      ...namesRuntime(code) && !NAMES_RUNTIMES.test(path)
        ? [`${path} names a runtime`]
        : [],
    ];
  });
}

function tooLong(sources: Sources): string[] {
  return Object.keys(sources).filter((path) =>
    sources[path].split("\n").length - 1 > LONGEST_FILE
  );
}

Deno.test("imports point one way, and adapters alone name a runtime", () => {
  const sources = readSources("src", "main.ts", "mod.ts");
  assert(Object.keys(sources).length > 25);
  assertEquals(violations(sources), []);
});

Deno.test("every layer has files, and uses what it may import", () => {
  const sources = readSources("src", "main.ts", "mod.ts");
  for (const layer of LAYERS) {
    const files = Object.keys(sources).filter((path) =>
      LAYERS.find(({ files }) => files.test(path)) === layer
    );
    assert(files.length > 0, `no file fits ${layer.files}`);
    const { imports } = layer;
    if (imports === "nothing" || imports.source.includes("(?!")) continue;
    const targets = files.flatMap((path) =>
      importsOf(path, withoutComments(sources[path]))
    );
    for (const name of imports.source.match(/[a-z_]{3,}/g) ?? []) {
      const isUsed = targets.some((target) => target.includes(name));
      assert(isUsed, `${layer.files} uses no ${name}`);
    }
  }
});

Deno.test("the imports of this repository are found", () => {
  const sources = readSources("src", "main.ts");
  const of = (path: string) => importsOf(path, withoutComments(sources[path]));
  assertEquals(of("main.ts"), [
    "src/runtime.ts",
    "src/cli/thread.ts",
    "src/cli/main.ts",
  ]);
  assertEquals(of("src/runtime.ts"), [
    "src/host.ts",
    "src/adapters/bun/runtime.ts",
    "src/adapters/deno/runtime.ts",
  ]);
  assert(of("src/cli/version.ts").includes("deno.json"));
  assert(of("src/std.ts").includes("@std/log/logger"));
});

Deno.test("an import that points the wrong way is reported", () => {
  const wrong = {
    "main.ts": "src/adapters/deno/runtime.ts",
    "src/cli/main.ts": "src/adapters/bun/runtime.ts",
    "src/cli/commands/ping.ts": "src/serve_echo.ts",
    "src/client/http.ts": "src/adapters/node/client.ts",
    "src/client/load/load.ts": "src/server.ts",
    "src/client/noise.ts": "src/cli/flags.ts",
    "src/progress_bar.ts": "src/std.ts",
    "src/cli/faults.ts": "src/serve_echo.ts",
    "src/serve_echo.ts": "src/cli/faults.ts",
    "src/server.ts": "src/cli/log.ts",
    "src/server_options.ts": "src/server.ts",
    "src/reception.ts": "src/server.ts",
    "src/history.ts": "src/server.ts",
    "src/parts.ts": "src/server.ts",
    "src/tell.ts": "src/server.ts",
    "src/guest.ts": "src/connection.ts",
    "src/echo_connection.ts": "src/connection.ts",
    "src/histogram.ts": "src/metrics.ts",
    "src/http/plane.ts": "src/reception.ts",
    "src/http/session.ts": "src/connection.ts",
    "src/status/server.ts": "src/server.ts",
    "src/cli/status.ts": "src/serve_echo.ts",
    "src/cli/flags/http.ts": "src/adapters/deno/web.ts",
    "src/host.ts": "src/runtime.ts",
    "src/web.ts": "src/host.ts",
    "src/adapters/web_fields.ts": "src/web.ts",
    "src/metrics.ts": "src/watchdog.ts",
    "src/watchdog.ts": "src/server.ts",
    "src/listen.ts": "src/runtime.ts",
    "src/protocols/stream.ts": "src/watchdog.ts",
    "src/protocols/copy_loop.ts": "src/server.ts",
    "src/protocols/staged_echo.ts": "src/faults/decisions.ts",
    "src/connection.ts": "src/protocols/stream.ts",
    "src/faults/gate.ts": "src/protocols/staged_echo.ts",
    "src/faults/plan.ts": "src/connection.ts",
    "src/limits.ts": "src/std.ts",
    "src/recording.ts": "src/wait.ts",
    "src/suggest.ts": "src/errors.ts",
    "src/timer.ts": "src/net.ts",
    "src/units.ts": "src/cli/flags.ts",
    "src/wait.ts": "src/connection.ts",
    "src/runtime.ts": "src/server.ts",
    "src/std.ts": "src/cli/log.ts",
    "src/adapters/deno/stream.ts": "src/adapters/bun/api.ts",
    "src/adapters/bun/stream.ts": "src/errors.ts",
    "src/adapters/accept_queue.ts": "src/adapters/deno/stream.ts",
    "src/adapters/room.ts": "src/limits.ts",
    "src/adapters/receive_queue.ts": "src/adapters/accept_queue.ts",
    "src/net.ts": "src/errors.ts",
  };
  for (const [path, target] of Object.entries(wrong)) {
    const up = "./" + "../".repeat(path.split("/").length - 1);
    for (
      const statement of [
        `import { x } from "${up}${target}";`,
        `import type {\n  X,\n} from "${up}${target}";`,
        `export * from '${up}${target}';`,
        `import "${up}${target}";`,
        `const { x } = await import("${up}${target}");`,
      ]
    ) {
      assertEquals(
        violations({ [path]: statement }),
        [`${path} imports ${target}`],
        statement,
      );
    }
  }
});

Deno.test("packages and built-ins are reported where they do not belong", () => {
  assertEquals(
    violations({
      "src/server.ts": 'import { Logger } from "@std/log";',
      "src/adapters/deno/stream.ts": 'import x from "npm:x";',
      "src/net.ts": 'import { isIPv6 } from "node:net";',
    }),
    [
      "src/server.ts imports @std/log",
      "src/adapters/deno/stream.ts imports npm:x",
      "src/net.ts imports node:net",
    ],
  );
});

Deno.test("a runtime that is named outside the adapters is reported", () => {
  const path = "src/cli/log.ts";
  for (
    const code of [
      'Deno.writeTextFileSync("x", "");',
      "const { version } = Deno?.version;",
      'if ("Bun" in globalThis) start();',
      "globalThis.Bun.gc();",
      'Deno["exit"](1);',
      'const name = globalThis["Deno"];',
    ]
  ) {
    assertEquals(violations({ [path]: code }), [`${path} names a runtime`]);
    assertEquals(violations({ "src/runtime.ts": code }), []);
    assertEquals(violations({ "src/adapters/bun/api.ts": code }), []);
  }
});

Deno.test("comments and prose may name a runtime", () => {
  const text = `
    /** Behaves like \`Deno.listen\`; imports from "./cli/main.ts". */
    // Bun.listen spins here: see https://example.test/Bun.listen
    throw new Error(\`Cannot listen on tcp://\${host}: Deno needs -N\`);
  `;
  assertEquals(violations({ "src/server.ts": text }), []);
});

Deno.test("a file that belongs to no layer is reported", () => {
  const sources = { "src/helpers.ts": "" };
  assertEquals(violations(sources), ["src/helpers.ts belongs to no layer"]);
});

Deno.test("no file is longer than 300 lines", () => {
  const sources = readSources("src", "tests", "main.ts", "mod.ts");
  assert("tests/structure_test.ts" in sources);
  assertEquals(tooLong(sources), []);
  const lines = (count: number) => "x\n".repeat(count);
  const planted = { "a.ts": lines(300), "b.ts": lines(301) };
  assertEquals(tooLong(planted), ["b.ts"]);
});
