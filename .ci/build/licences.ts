/**
 * The licence texts that go with the executables.
 *
 * @module
 */

import type { Component } from "./components.ts";
import { packagesFolder } from "./packages.ts";
import { ROOT } from "./run.ts";

const RELINKING = `\
JavaScriptCore and tinycc, which Bun links statically, are under the LGPL: you
may change them and link them anew. echod is free software whose source is all
there is to link: build your own Bun as its makers describe
(https://bun.com/docs/project/licensing), and compile echod with it
(bun build --compile --compile-executable-path=YOUR_BUN main.ts).
`;

// In their texts everybody puts a notice of their own; these are in the list.
const TEMPLATES = ["0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];
const NOTICES = /^Copyright .*(?:\nCopyright .*)*$/m;

// After its end, Apache's licence says how to write a notice.
const APPENDIX = /\n+APPENDIX: How to apply [^]*$/;

/**
 * Puts the licences of all that is in an executable into one text.
 *
 * @param components what is in it besides echod.
 * @returns the list of what is in it, with all notices, and the text of each
 * licence once.
 */
export async function licenceText(
  components: readonly Component[],
): Promise<string> {
  const folder = await packagesFolder();
  const list = components.map(describe);
  const used = [...new Set(components.flatMap(({ licences }) => licences))];
  const texts = await Promise.all(
    used.sort().map(async (licence) => {
      const path = `node_modules/spdx-license-list/licenses/${licence}.json`;
      const file = await Deno.readTextFile(`${folder}/${path}`);
      const text = withoutBlanks(licence, JSON.parse(file).licenseText);
      return `${headline(licence)}${text}\n`;
    }),
  );
  const own = await Deno.readTextFile(`${ROOT}LICENSE`);
  const needsRelinking = used.some((licence) => licence.startsWith("LGPL"));
  return [
    `${headline("echod")}${own}`,
    `${headline("What else is inside")}${list.join("\n")}\n`,
    ...needsRelinking ? [RELINKING] : [],
    ...texts,
  ].join("\n");
}

function describe(
  { name, url, licences, copyright, crates }: Component,
): string {
  const lines = [
    ...copyright,
    ...crates ? [`All its packages of Rust are listed in ${crates}`] : [],
  ];
  const notices = lines.map((line) => `    ${line}`);
  return [`  ${name}: ${licences.join(", ")}; ${url}`, ...notices].join("\n");
}

function withoutBlanks(licence: string, text: string): string {
  const filled = TEMPLATES.includes(licence)
    ? text.replace(NOTICES, "Copyright: see the list above")
    : text;
  return filled.replace(APPENDIX, "").trim();
}

function headline(text: string): string {
  return `${text}\n${"=".repeat(text.length)}\n\n`;
}
