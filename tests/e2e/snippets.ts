/**
 * What the README gives to copy, for tests that try it.
 *
 * @module
 */

import { assert, assertEquals } from "../assert.ts";
import { repositoryPath } from "../paths.ts";

/**
 * The one code block in a language under a heading of the README.
 *
 * @param heading the heading, of the second level.
 * @param language what the fence says.
 * @returns the code, without its fence.
 */
export function snippet(heading: string, language: string): string {
  const readme = Deno.readTextFileSync(repositoryPath("README.md"));
  const section = readme.split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`));
  const fence = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm");
  const blocks = [...(section ?? "").matchAll(fence)];
  assertEquals(blocks.length, 1, `${language} blocks under "${heading}"`);
  return blocks[0][1];
}

/**
 * Replaces parts of a snippet, each of which has to be there.
 *
 * @param text the snippet.
 * @param changes what stands there, and what is to.
 * @returns the snippet as it is tried.
 */
export function adapt(
  text: string,
  changes: Readonly<Record<string, string>>,
): string {
  for (const [from, to] of Object.entries(changes)) {
    assert(text.includes(from), `no "${from}" in:\n${text}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
