import {
  BUN_COMPONENTS,
  type Component,
  DENO_COMPONENTS,
  readComponents,
} from "../../.ci/build/components.ts";
import { licenceText } from "../../.ci/build/licences.ts";
import { packagesFolder } from "../../.ci/build/packages.ts";
import { CommandError } from "../../.ci/build/run.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

const ALL = [BUN_COMPONENTS, DENO_COMPONENTS];

// What whoever uses a licence has to fill in.
const BLANKS = [
  /<(?:year|owner|organization|copyright[ -]holders?)>/i,
  /\[(?:yyyy|year|fullname|name of copyright owner)\]/i,
  /\bYEAR by AUTHOR\b/,
];

// What a licence says at its end, so that it is there to its end.
const ENDS: Readonly<Record<string, RegExp>> = {
  "0BSD": /USE OR PERFORMANCE OF THIS SOFTWARE\.$/,
  "Apache-2.0": /END OF TERMS AND CONDITIONS$/,
  "BSD-2-Clause": /POSSIBILITY OF SUCH DAMAGE\.$/,
  "BSD-3-Clause": /POSSIBILITY OF SUCH DAMAGE\.$/,
  ISC: /USE OR PERFORMANCE OF THIS SOFTWARE\.$/,
  MIT: /OTHER DEALINGS IN THE SOFTWARE\.$/,
};

/** The text for some components, if npm answers. */
async function textOf(
  components: readonly Component[],
): Promise<string | undefined> {
  try {
    await packagesFolder();
  } catch (error) {
    const isAway = error instanceof CommandError ||
      error instanceof Deno.errors.NotFound;
    if (!isAway) throw error;
    console.log(`skipped: npm has no licences: ${error.message}`);
    return undefined;
  }
  return await licenceText(components);
}

/** What is below each headline of a text, which has them in this order. */
function sectionsOf(
  text: string,
  ...names: readonly string[]
): ReadonlyMap<string, string> {
  let rest = text;
  const sections = names.map((name) => {
    const [before, after, ...more] = rest.split(
      `${name}\n${"=".repeat(name.length)}\n\n`,
    );
    assert(after !== undefined && more.length === 0, `${name} is there once`);
    rest = after;
    return before.trim();
  });
  // Each name was found behind the section of the one before it.
  const [, ...found] = [...sections, rest.trim()];
  return new Map(names.map((name, at) => [name, found[at]]));
}

const LIST = "What else is inside";

function licencesOf(components: readonly Component[]): readonly string[] {
  return [...new Set(components.flatMap(({ licences }) => licences))].sort();
}

Deno.test("the licences of an executable leave no blank for a notice", async () => {
  for (const components of ALL) {
    const text = await textOf(components);
    if (text === undefined) return;
    for (const blank of BLANKS) assertEquals(text.match(blank)?.[0], undefined);
  }
});

Deno.test("the licences of an executable name each component with its notices", async () => {
  for (const components of ALL) {
    const text = await textOf(components);
    if (text === undefined) return;
    const [first] = licencesOf(components);
    const list = sectionsOf(text, LIST, first).get(LIST);
    assert(list);
    const entries = list.split(/\n(?! {4})/).map((entry) => entry.trim());
    for (const { name, licences, url, copyright, crates } of components) {
      const entry = entries.find((entry) => entry.startsWith(`${name}: `));
      const [head, ...notices] = entry?.split("\n    ") ?? [];
      assertEquals(head, `${name}: ${licences.join(", ")}; ${url}`);
      assertEquals(notices.slice(0, copyright.length), [...copyright], name);
      assert(!crates || notices.at(-1)?.endsWith(crates), name);
    }
  }
});

Deno.test("the licences of an executable have the text of each, whole and once", async () => {
  for (const components of ALL) {
    const text = await textOf(components);
    if (text === undefined) return;
    const used = licencesOf(components);
    const sections = sectionsOf(text, "echod", LIST, ...used);
    for (const licence of used) {
      const section = sections.get(licence) ?? "";
      assert(section.length > 200, licence);
      assert(ENDS[licence]?.test(section) ?? true, licence);
    }
  }
});

Deno.test("a licence that is nobody's template keeps the notice in its text", async () => {
  const text = await textOf(DENO_COMPONENTS);
  if (text === undefined) return;
  const sections = sectionsOf(text, ...licencesOf(DENO_COMPONENTS));
  assert(sections.get("OpenSSL")?.includes("The OpenSSL Project"));
  assert(sections.get("Unicode-3.0")?.includes("Unicode, Inc."));
  assert(!sections.get("ISC")?.includes("Internet Systems Consortium"));
});

Deno.test("each component is listed once, and has a notice or says where it is", () => {
  for (const components of ALL) {
    const names = components.map(({ name }) => name);
    assertEquals(names.length, new Set(names).size);
    for (const { name, copyright } of components) {
      const says =
        /copyright|\(c\)|authored by|part of the LLVM project|\bsee https:/i;
      assert(copyright.some((notice) => says.test(notice)), name);
    }
  }
});

Deno.test("readComponents reads projects of GitHub and packages of npm", () => {
  const text = "\na/b: MIT, ISC\n  (c) A\n  (c) B\n@c/d: MIT\n  (c) C\n";
  assertEquals(readComponents(text), [
    {
      name: "b",
      url: "https://github.com/a/b",
      licences: ["MIT", "ISC"],
      copyright: ["(c) A", "(c) B"],
    },
    {
      name: "@c/d",
      url: "https://www.npmjs.com/package/@c/d",
      licences: ["MIT"],
      copyright: ["(c) C"],
    },
  ]);
});

Deno.test("readComponents reads no component without licences or notices", () => {
  for (
    const text of ["a/b\n  (c) A", "a/b: MIT", "a/b: MIT\nc: ISC\n  (c) C"]
  ) {
    assertThrows(() => readComponents(text), Error, 'Cannot read "a/b');
  }
});
