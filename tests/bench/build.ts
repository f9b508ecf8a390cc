/**
 * Builds the programs in C that the benchmark needs.
 *
 * @module
 */

import { DIST } from "../../.ci/build/source.ts";
import { outputOf } from "../targets.ts";
import { repositoryPath } from "../paths.ts";

/** Where they and all that a run leaves behind are; git ignores it. */
export const BENCH_DIST: string = `${DIST}/bench`;

/** The programs in C. */
export interface Programs {
  /** The load client. */
  readonly load: string;
  /** The server with epoll. */
  readonly epoll: string;
  /** The server with a thread for each connection. */
  readonly threads: string;
}

const LOAD_PARTS = ["main", "util", "dial", "echo", "connect", "histogram"];

/** Builds all programs in C, which takes about two seconds. */
export async function buildPrograms(): Promise<Programs> {
  await Deno.mkdir(BENCH_DIST, { recursive: true });
  const [load, epoll, threads] = await Promise.all([
    compile("load", LOAD_PARTS.map((part) => `load/${part}.c`)),
    compile("epoll", ["servers/epoll.c"]),
    compile("threads", ["servers/threads.c"]),
  ]);
  return { load, epoll, threads };
}

async function compile(
  name: string,
  sources: readonly string[],
): Promise<string> {
  const path = `${BENCH_DIST}/${name}`;
  // Nobody may start one that is half written.
  const made = `${path}.${crypto.randomUUID()}`;
  const paths = sources.map((source) =>
    repositoryPath(`tests/bench/${source}`)
  );
  const flags = ["-O2", "-Wall", "-Wextra", "-pthread"];
  await outputOf("cc", [...flags, "-o", made, ...paths]);
  await Deno.rename(made, path);
  return path;
}
