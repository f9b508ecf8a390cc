/**
 * Puts what a run has measured where people see it.
 *
 * @module
 */

import { repositoryPath } from "../paths.ts";
import { BENCH_DIST } from "./build.ts";
import { plot } from "./plot.ts";
import type { Results } from "./results.ts";
import { besides, claims, crews, details, overview } from "./table.ts";

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

const PLOT = "![CPU time per echo, bulk rate and memory of echod and other " +
  "echo servers](.github/performance.svg)";

const CLAIMS_NOTE = "The last table has medians and their 95 % confidence " +
  "intervals, but for growth, which is one figure a run; a goal whose limit " +
  "lies within is not settled. Of many scenarios it names the worst: all that " +
  "the other server takes part in, which leaves WebSockets out.";

/** What stands between the marks of the README. */
export function report(results: Results): string {
  const { date, machine, rounds } = results.kept;
  const day = date.slice(0, 10);
  const all = rounds === 1 ? "one round" : `${rounds} rounds`;
  const spread = `Medians and quartiles of the turns of ${all}`;
  return `${PLOT}

${overview(results)}

${wrap(`${spread}; ${day}, on ${machine}.`)}

<details>
<summary>CPU time per echo in every scenario, and more</summary>

${details(results)}

${besides(results)}

${crews(results)}

${claims(results)}

${wrap(CLAIMS_NOTE)}

</details>`;
}

/** Breaks prose into lines as the formatter does. */
function wrap(text: string): string {
  return text.replaceAll(/(.{1,80})(?: |$)/g, "$1\n").trimEnd();
}

/**
 * Replaces what stands between the marks of a text.
 *
 * @throws {TypeError} if there are no marks.
 */
export function replaceMarked(text: string, content: string): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new TypeError(`The text has no ${BEGIN}`);
  return `${text.slice(0, from)}${BEGIN}\n\n${content}\n\n${text.slice(to)}`;
}

/**
 * Writes table and plot.
 *
 * @param results what they show.
 * @param isPublic whether they go into the README and beside it.
 */
export async function publish(
  results: Results,
  isPublic: boolean,
): Promise<void> {
  await Deno.writeTextFile(`${BENCH_DIST}/report.md`, `${report(results)}\n`);
  await Deno.writeTextFile(`${BENCH_DIST}/performance.svg`, plot(results));
  console.log(`\n${overview(results)}\n`);
  if (!isPublic) return;
  const readme = repositoryPath("README.md");
  const text = await Deno.readTextFile(readme);
  await Deno.writeTextFile(readme, replaceMarked(text, report(results)));
  const image = repositoryPath(".github/performance.svg");
  await Deno.writeTextFile(image, plot(results));
}
