import { assert, assertEquals } from "./assert.ts";
import { repositoryPath } from "./paths.ts";

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}

/** What Deno knows of the imports of a program. */
async function readModules(): Promise<Map<string, Module>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", repositoryPath("main.ts")],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const list: readonly Module[] = modules;
  return new Map(list.map((module) => [module.specifier, module]));
}

/** The modules that are evaluated because one of these files is. */
function evaluated(
  modules: ReadonlyMap<string, Module>,
  ...paths: readonly string[]
): Set<string> {
  const found = new Set<string>();
  const visit = (specifier: string) => {
    if (found.has(specifier)) return;
    found.add(specifier);
    const { dependencies = [] } = modules.get(specifier) ?? {};
    for (const { code, isDynamic } of dependencies) {
      if (code && !isDynamic) visit(code.specifier);
    }
  };
  for (const path of paths) {
    visit(`${new URL(`../${path}`, import.meta.url)}`);
  }
  return found;
}

Deno.test("a server for TCP on Deno imports no module of Node, which takes long", async () => {
  const modules = await readModules();
  const start = evaluated(
    modules,
    ...["main.ts", "src/cli/main.ts", "src/adapters/deno/runtime.ts"],
  );
  assert(start.size > 80, `${start.size}`);
  const isOfNode = (specifier: string) => specifier.startsWith("node:");
  assertEquals([...start].filter(isOfNode), []);
  const others = evaluated(modules, "src/adapters/bun/process.ts");
  assertEquals([...others].filter(isOfNode).length, 2);
});
