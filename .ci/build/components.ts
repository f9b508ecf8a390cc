/**
 * What is inside the executables besides echod, and under which licences, as
 * its makers say.
 *
 * @module
 */

import { BOTH_LIBRARIES } from "./components_both.ts";
import { BUN_LIBRARIES } from "./components_bun.ts";
import { BUN_POLYFILLS } from "./components_bun_polyfills.ts";
import { BUN_TOOLS } from "./components_bun_tools.ts";
import { DENO_LIBRARIES } from "./components_deno.ts";
import { BUN_VERSION } from "./find_bun.ts";

/** A piece of software in an executable. */
export interface Component {
  /** Its name. */
  readonly name: string;
  /** Where it comes from. */
  readonly url: string;
  /** Its licences, by their SPDX identifiers. */
  readonly licences: readonly string[];
  /** The notices of its authors, or where they are. */
  readonly copyright: readonly string[];
  /** Where its packages of Rust are listed, which this list does not repeat. */
  readonly crates?: string;
}

const BUN = `https://github.com/oven-sh/bun/blob/bun-v${BUN_VERSION}`;
const DENO = `https://github.com/denoland/deno/blob/v${Deno.version.deno}`;

// What `deno.lock` says that the two of them import, too.
const STD = ["bytes", "cli", "fmt", "fs", "internal", "io", "log", "path"];

/**
 * Reads a list of components: `name: licence, licence`, where the name is a
 * project of GitHub, `owner/name`, or a package of npm. Its notices follow,
 * each on a line that is indented.
 */
export function readComponents(text: string): readonly Component[] {
  const entries = text.trim().split(/\n(?! )/);
  return entries.map((entry) => {
    const [head, ...notices] = entry.split("\n").map((line) => line.trim());
    const [path, licences] = head.split(": ");
    if (!licences || notices.length === 0) {
      throw new Error(`Cannot read "${entry}": expected licences and notices`);
    }
    return {
      ...source(path),
      licences: licences.split(", "),
      copyright: notices,
    };
  });
}

function source(path: string): Pick<Component, "name" | "url"> {
  const isPackage = path.startsWith("@") || !path.includes("/");
  if (isPackage) {
    return { name: path, url: `https://www.npmjs.com/package/${path}` };
  }
  return { name: path.split("/")[1], url: `https://github.com/${path}` };
}

/** What an executable of Bun has inside. */
export const BUN_COMPONENTS: readonly Component[] = [
  {
    name: "bun",
    url: "https://github.com/oven-sh/bun",
    licences: ["MIT"],
    copyright: [`see ${BUN}/LICENSE.md`],
    crates: `${BUN}/Cargo.lock`,
  },
  ...[BOTH_LIBRARIES, BUN_LIBRARIES, BUN_TOOLS, BUN_POLYFILLS]
    .flatMap(readComponents),
];

/** What an executable of Deno has inside. */
export const DENO_COMPONENTS: readonly Component[] = [
  {
    name: "deno",
    url: "https://github.com/denoland/deno",
    licences: ["MIT"],
    copyright: ["Copyright 2018-2026 the Deno authors"],
    crates: `${DENO}/Cargo.lock`,
  },
  ...STD.map((name) => ({
    name: `@std/${name}`,
    url: `https://jsr.io/@std/${name}`,
    licences: ["MIT"],
    copyright: ["Copyright 2018-2022 the Deno authors."],
  })),
  ...[BOTH_LIBRARIES, DENO_LIBRARIES].flatMap(readComponents),
];
